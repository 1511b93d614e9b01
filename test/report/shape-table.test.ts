import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { shapedCurves } from '../../src/analysis/shaped-curves.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import { renderReport } from '../../src/report/report.js';
import { shapeSections } from '../../src/report/shape-table.js';
import { throughputSection } from '../../src/report/throughput-table.js';
import { exampleRun } from '../support/example-run.js';
import { type CellFacts, hostOf, recordOf, runOf, treeOf } from '../support/record-builder.js';

const LEVELS = [1, 50, 150, 300, 500, 1000];

/** Portkey as it might be: one thread that does 1,500 requests a second. */
function oneThread(vus: number): CellFacts {
  const ratePerSec = Math.min(vus / 0.0605, 1500);
  return {
    gateway: 'portkey',
    title: 'Portkey',
    vus,
    ratePerSec,
    p50Us: Math.round((vus / ratePerSec) * 1e6),
    tree: treeOf({ cpuPercentMean: Math.min(117, vus) }),
  };
}

function shaped(records: CellRecord[]) {
  const run = runOf(records);
  const summaries = summarise(run, deriveRun(records));
  return { run, summaries, curves: shapedCurves(run, summaries) };
}

describe('shape section', () => {
  it('says what the shape is, by which figures, and what limits it', () => {
    const { curves } = shaped(LEVELS.map((vus) => recordOf(oneThread(vus))));
    expect(shapeSections(curves)[0]?.table?.rows).toEqual([
      [
        'Portkey',
        'ceiling',
        "flat from 150 VUs at 1,500 req/s; process tree at 117 % of one core; p50 grows with VUs as Little's law says",
        'CPU of one thread: process tree at 117 % of one core',
      ],
    ]);
  });

  it('marks the cells in the table of throughput that a remark is about, once', () => {
    const { run, summaries, curves } = shaped(LEVELS.map((vus) => recordOf(oneThread(vus))));
    const { table, notes } = throughputSection(summaries, run.machine, curves);
    expect(table?.rows[0]?.slice(1, 7)).toEqual(['16.5', '826', '1,500 ¹', '1,500 ¹', '1,500 ¹', '1,500 ¹']);
    expect(notes).toEqual([expect.stringMatching(/^¹ Portkey: ceiling, flat from 150 VUs at 1,500 req\/s; .*\.$/)]);
  });

  it('compares with the direct cells of the run, and not with the nominal latency', () => {
    const direct = LEVELS.map((vus) => recordOf({ gateway: 'direct', vus, p50Us: 120_000 }));
    const gateway = LEVELS.map((vus) => recordOf({ gateway: 'nginx', vus, p50Us: 125_000 }));
    const { curves } = shaped([...direct, ...gateway]);
    expect(curves[1]?.shape).toMatchObject({ name: 'linear', efficiency: 120 / 125 });
  });

  it('takes the harness for the limit where it is, and says so', () => {
    const records = [50, 150, 300, 500].map((vus) =>
      recordOf({ ...oneThread(vus), tree: treeOf({ cpuPercentMean: 60 }) }),
    );
    for (const { resources } of records) resources.host = hostOf({ cpuPercentMean: 99 });
    const [curve] = shaped(records).curves;
    expect(curve?.shape.name).toBe('plateau');
    expect(curve?.limit).toEqual({
      kind: 'unknown',
      because: expect.stringContaining('all 8 CPUs were busy (99 %), and the gateway shares them with load and mock'),
    });
  });

  it('leaves out levels that are not to be trusted, but counts one at which every request failed', () => {
    const good = [50, 150, 300].map((vus) => recordOf({ gateway: 'bifrost', vus }));
    const late = { gate: 'mock upstream', verdict: 'invalid', value: 9, message: 'late' } as const;
    const invalid = { kind: 'invalid', reasons: ['late'] } as const;
    const untrusted = recordOf({
      gateway: 'bifrost',
      vus: 500,
      ratePerSec: 100,
      outcome: { ...invalid, reasons: ['late'] },
      gates: [late],
    });
    const [linear] = shaped([...good, untrusted]).curves;
    expect(linear?.shape.name).toBe('linear');
    expect(linear?.curve.untrustedVus).toEqual([500]);
    const dead = recordOf({
      gateway: 'bifrost',
      vus: 500,
      ratePerSec: 0,
      failed: { refused: 500 },
      outcome: { ...invalid, reasons: ['no success'] },
    });
    const [cliff] = shaped([...good, dead]).curves;
    expect(cliff?.shape).toMatchObject({ name: 'cliff', atVus: 500 });
  });

  it('has no shapes for a single level', () => {
    expect(shapeSections(shaped([recordOf({ gateway: 'nginx', vus: 50 })]).curves)).toEqual([]);
  });

  it('fits the law from six levels on, and draws it with its band', () => {
    const records = LEVELS.map((vus) => recordOf(oneThread(vus)));
    const { curves, run } = shaped(records);
    const [, law] = shapeSections(curves);
    expect(law?.table?.rows[0]?.[0]).toBe('Portkey');
    const report = renderReport({ run, records, samplesByCell: new Map(), flames: [], claims: null });
    const chart = report.charts.find(({ fileName }) => fileName === 'throughput.png')?.configuration;
    expect(chart?.options?.scales?.x).toMatchObject({ type: 'logarithmic' });
    const [low, high, value] = chart?.data.datasets.filter(({ label }) => label === '') ?? [];
    expect(high).toMatchObject({ fill: '-1' });
    const at = (line: typeof low) => line?.data.map((point) => (point as { y: number }).y) ?? [];
    for (const [index, rate] of at(value).entries()) {
      expect(at(low)[index]).toBeLessThanOrEqual(rate);
      expect(at(high)[index]).toBeGreaterThanOrEqual(rate);
    }
    expect(chart?.data.datasets.find(({ label }) => label === 'Portkey')?.data[2]).toEqual({ x: 150, y: 1500 });
  });

  it('keeps the levels as labels where no law was fitted', () => {
    const report = renderReport({ ...exampleRun(), claims: null });
    const chart = report.charts.find(({ fileName }) => fileName === 'throughput.png')?.configuration;
    expect(chart?.data.labels).toEqual(['50', '150', '300', '500', '1000']);
    expect(
      JSON.parse(report.json).shapes.map(({ gateway, shape }: Record<string, string>) => [gateway, shape]),
    ).toEqual([
      ['direct', 'linear'],
      ['ferro', 'linear'],
      ['bifrost', 'cliff'],
      ['litellm', 'ceiling'],
      ['portkey', 'ceiling'],
    ]);
  });
});
