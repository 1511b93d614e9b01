import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../src/model/record.js';
import { footprintSection } from '../../src/report/footprint-section.js';
import { renderReport } from '../../src/report/report.js';
import type { Section } from '../../src/report/section.js';
import { aFootprint, ROUND_PRICES } from '../support/footprints.js';
import { recordOf, runOf } from '../support/record-builder.js';

const MIB = 2 ** 20;
const records = [50, 150].flatMap((vus) =>
  [1, 2, 3].map((repeat) =>
    recordOf({
      gateway: 'ferro',
      title: 'Ferro',
      vus,
      repeat,
      ratePerSec: 1000,
      tree: {
        cpuPercentMean: 50 * 1.1 ** (repeat - 2),
        pssBytesMax: 512 * MIB,
        rssBytesIdle: 30 * MIB,
        pssBytesIdle: 20 * MIB,
      },
    }),
  ),
);

function report(of: CellRecord[], footprints = [aFootprint()]) {
  return renderReport({
    run: runOf(of),
    records: of,
    samplesByCell: new Map(),
    flames: [],
    prices: ROUND_PRICES,
    footprints,
    claims: null,
  });
}

describe('report.md', () => {
  const markdown = report(records).markdown();

  it('has a part for cost, with the price’s date and source under it', () => {
    expect(markdown).toContain('\n## Cost and footprint\n');
    expect(markdown).toMatch(/\| Gateway +\| VUs \| RPS per core \| CPU \(s\) \| GiB-hours \| +USD, Round ¹ \|/);
    // 500 s of CPU and half a GiB for 1,000 s.
    expect(markdown).toMatch(
      /\| Ferro 1\.0\.0 \| 50 \| 2,000 ± 27 % \| 500 ± 27 % \| 0\.139 ± 0 % \| 0\.0055 ± 2\d % \|/,
    );
    expect(markdown).toMatch(
      /¹ A machine of round prices: 0\.036 USD per vCPU-hour, 0\.0036 USD per GiB-hour, as of 2026-01-02: https:\/\/example\.com\/prices\./,
    );
    expect(markdown).toContain('capacity that idles');
  });

  it('has idle memory, cold start and installed size', () => {
    expect(markdown).toMatch(
      /\| Ferro 1\.0\.0 \| +30 ± 0 % \| +20 ± 0 % \| 0\.310 \\?\[0\.300–0\.900\\?\] ¹ \| +20 \| +30 \| 1,234 \|/,
    );
    expect(markdown).toMatch(/¹ 3 starts, page caches dropped before each, .* at most 4 ms too long\./);
  });

  it('says how to measure what was not', () => {
    const without = report(records, []).markdown();
    expect(without).toContain('are not measured: gatebench footprint ferro');
    expect(without).not.toContain('Cold start: from the execution');
  });

  it('has no such part without a gateway', () => {
    expect(report([recordOf({ gateway: 'direct', vus: 50 })]).markdown()).not.toContain('Cost and footprint');
  });

  it('prices nothing without prices', () => {
    const run = runOf(records);
    const { markdown: unpriced } = renderReport({ run, records, samplesByCell: new Map(), flames: [], claims: null });
    expect(unpriced()).toMatch(/\| GiB-hours \|\n/);
  });
});

describe('other forms', () => {
  it('have the same: the terminal, JSON and CSV', () => {
    const { terminal, json, costCsv } = report(records);
    expect(terminal({ colour: false })).toContain('Cost of a million requests');
    expect(JSON.parse(json).cost).toMatchObject({
      currency: 'USD',
      machines: [{ name: 'Round', asOf: '2026-01-02' }],
      gateways: [
        {
          gateway: 'ferro',
          levels: [{ vus: 50, cpuSPerMillion: { value: expect.closeTo(500, 6) } }, { vus: 150 }],
          idle: { cells: 6 },
          footprint: { installed: { files: 1234 } },
        },
      ],
    });
    const lines = costCsv.split('\n');
    expect(lines[0]).toBe('gateway,vus,metric,unit,repeats,value,low,high,machine,price_as_of,price_source');
    expect(costCsv).toMatch(/^ferro,50,cpu_per_million,s,3,(500|499\.9999)[.\d]*,39\d\./m);
    expect(costCsv).toMatch(
      /^ferro,150,cost_per_million,USD,3,0\.00\d+,.*,Round,2026-01-02,https:\/\/example\.com\/prices$/m,
    );
    expect(costCsv).toMatch(/^ferro,,cold_start,s,3,0\.31,0\.3,0\.9,,,$/m);
    expect(costCsv).toMatch(/^ferro,,installed,bytes,,31457280,,,,,$/m);
  });
});

describe('remarks', () => {
  const alone = (over: Parameters<typeof aFootprint>[0]): Section =>
    footprintSection([{ label: 'ferro', title: 'Ferro', footprint: aFootprint(over) }], 'alone');

  it('say that page caches were warm, and why', () => {
    const { notes } = alone({ pageCaches: { kind: 'warm', reason: 'only root may write there' } });
    expect(notes).toEqual([expect.stringContaining('page caches warm: only root may write there')]);
  });

  it('doubt caches that were dropped where nothing was read from disk', () => {
    const starts = aFootprint().starts.map((start) => ({ ...start, readBytes: 0 }));
    expect(alone({ starts }).notes[0]).toContain('even so, nothing was read from disk');
  });

  it('put a start that other programs disturbed into brackets', () => {
    const starts = aFootprint().starts.map((start) => ({ ...start, otherCpuPercent: 40 }));
    const { table, notes } = alone({ starts });
    expect(table?.rows[0]?.[1]).toBe('(0.310 [0.300–0.900]) ¹ ²');
    expect(notes[1]).toBe('² Other programs took 40 % of all CPU time meanwhile: don’t trust it.');
  });

  it('say why a program of the user’s own has no size', () => {
    const { table, notes } = alone({ installed: null });
    expect(table?.rows[0]?.slice(-2)).toEqual(['– ²', '–']);
    expect(notes[1]).toContain('A program of the user’s own');
  });

  it('say which services a gateway’s cost is without', () => {
    const [first] = records;
    if (first === undefined) throw new Error('no record');
    const service = { name: 'redis', title: 'Redis', version: '7.0.15', installedBy: 'apt', pinnedBy: 'apt' };
    const beside = { ...first, gateway: { ...first.gateway, services: [service] } };
    expect(report([beside]).markdown()).toContain('Ferro: without Redis 7.0.15, which ran beside it.');
  });

  it('say where memory is RSS', () => {
    const rss = recordOf({ gateway: 'ferro', vus: 50, tree: { pssBytesMax: null } });
    expect(report([rss]).markdown()).toContain('By RSS, which counts pages that processes share once for each');
  });
});
