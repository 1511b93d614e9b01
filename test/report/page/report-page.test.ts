import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../../src/model/record.js';
import type { Run } from '../../../src/model/run.js';
import type { PageData } from '../../../src/report/page/page-data.js';
import { PERCENTILES, percentileIndex } from '../../../src/report/page/percentiles.js';
import { renderReport } from '../../../src/report/report.js';
import { exampleEntry } from '../../support/example-profile.js';
import { exampleRun } from '../../support/example-run.js';
import { runLike, SPIKE, spiked } from '../../support/open-loop-run.js';
import { publishedClaims } from '../../support/published-claims.js';
import { publishedRun } from '../../support/published-run.js';
import { recordOf, runOf } from '../../support/record-builder.js';

const ASSETS = { script: '', style: '' };

function pageOf(
  input: Partial<Parameters<typeof renderReport>[0]> & { records: readonly CellRecord[]; run: Run },
): string {
  return renderReport({ samplesByCell: new Map(), flames: [], claims: null, ...input }).page({ assets: ASSETS });
}

function dataOf(page: string): PageData {
  return JSON.parse(/<script type="application\/json" id="report-data">([^<]*)<\/script>/.exec(page)?.[1] ?? 'null');
}

const example = { ...exampleRun(), claims: publishedClaims() };
const page = pageOf(example);

describe('index.html', () => {
  it('has its parts in order, and a link to each', () => {
    const parts = [...page.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id);
    expect(parts).toEqual([
      'answer',
      'throughput',
      'latency',
      'overhead',
      'resources',
      'cost',
      'gates',
      'claims',
      'run',
      'again',
    ]);
    const links = [...page.matchAll(/<a href="#([a-z]+)">/g)].map(([, id]) => id);
    expect(links).toEqual(parts.slice(1));
  });

  it('says the answer before anything else', () => {
    expect(page).toContain(
      '<p class="headline">Ferro Labs AI Gateway had the highest rate at 1,000 VUs: 14,000 requests per second, 15.7 times as many as Portkey.</p>',
    );
    expect(page).toContain('Bifrost at 300 VUs: crashed 12.3 s into the window (exit code 2)');
    expect(page.indexOf('Who broke')).toBeLessThan(page.indexOf('id="throughput"'));
  });

  it('is one document that names no other', () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain("default-src 'none'");
    const named = [...page.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, name]) => name);
    expect(named.filter((name) => !name?.startsWith('#'))).toEqual(['data:,']);
  });

  it('has every figure in tables, for readers without a script', () => {
    for (const text of ['(180)', 'crashed', '14,000', 'go.sum h1:', '--seed 7']) expect(page).toContain(text);
    expect(page.match(/<table/g)?.length).toBeGreaterThan(10);
    expect(page).toContain('figure.chart { display: none !important; }');
  });

  it('has a verdict on every published claim that the run can judge', () => {
    expect(page).toMatch(/Portkey<\/th><td class="left">rate at 150 VUs/);
    expect(page).toMatch(/class="left bad">differs/);
    expect(page).toContain('reproduced');
  });

  it('shows each gate of each cell, and says why it wasn’t passed', () => {
    expect(page).toMatch(
      /class="gate invalid" data-title="LiteLLM proxy, 500 VUs, Little&#39;s law" data-tip="off by 7\.1 % \(bounds 2 % and 5 %\)"/,
    );
    const measured = example.records.filter(({ gates }) => gates.length > 0);
    const marks = page.match(/<td><(span|button type="button") class="gate /g)?.length;
    // One gate of its own, and two that compare cells.
    expect(marks).toBe(3 * measured.length);
  });

  it('leads to flame graphs with small pictures, as many as fit', () => {
    const report = renderReport({ ...example, flames: [exampleEntry()] });
    const picture = '<svg role="img" aria-label="Flame graph"></svg>';
    const [{ cellId }] = [exampleEntry()];
    const withPicture = report.page({ assets: ASSETS, flamePictures: new Map([[cellId, picture]]) });
    expect(withPicture).toContain(`href="flame/${cellId}/flame.html"`);
    expect(withPicture).toContain(picture);
    const large = report.page({
      assets: ASSETS,
      flamePictures: new Map([[cellId, `<svg>${'x'.repeat(700_000)}</svg>`]]),
    });
    expect(large).toContain(`href="flame/${cellId}/flame.html"`);
    expect(large).not.toContain('xxxx');
  });

  it('keeps foreign text text', () => {
    const hostile =
      '</script><script>alert(1)</script> "><img src=x onerror=alert(1)> &amp; \u001b[31mred\u001b[0m \u202etxet';
    const outcome = {
      kind: 'failed' as const,
      stage: 'start' as const,
      error: hostile,
      hint: hostile,
      logTail: [hostile],
    };
    const gates = [{ gate: hostile, verdict: 'warn' as const, value: 1, message: hostile }];
    const records = [
      recordOf({ gateway: 'odd', vus: 1, title: hostile, outcome }),
      recordOf({ gateway: 'odd', vus: 2, title: hostile, gates, notes: [hostile], version: hostile }),
    ];
    const run = runOf(records, { id: 'hostile' });
    run.scenario.title = hostile;
    run.machine.cpuModel = hostile;
    const text = pageOf({ run, records });
    expect(text).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script/g)).toHaveLength(2);
    expect(text).not.toContain('<img');
    for (const hidden of ['\u001b', '\u202e']) {
      expect(text).not.toContain(hidden);
      expect(JSON.stringify(dataOf(text))).not.toContain(JSON.stringify(hidden).slice(1, -1));
    }
  });

  it('is made of a run without any record', () => {
    const planned = recordOf({ gateway: 'a', vus: 50 });
    const text = pageOf({ run: runOf([planned]), records: [] });
    expect(text).toContain('No gateway has a rate that can be trusted.');
    expect(text).toContain('No cell was measured');
  });
});

describe('the data of the charts', () => {
  it('has every cell with its state, and what a reader must know of it', () => {
    const { gateways, cells, vus } = dataOf(page);
    expect(gateways.map(({ label }) => label)).toEqual(['direct', 'ferro', 'kong', 'bifrost', 'litellm', 'portkey']);
    expect(vus).toEqual([50, 150, 300, 500, 1000]);
    expect(cells).toHaveLength(30);
    const of = (label: string, level: number) =>
      cells.find((cell) => gateways[cell.gateway]?.label === label && cell.vus === level);
    expect(of('litellm', 500)).toMatchObject({ state: 'invalid', remarks: [expect.stringContaining('off by 7.1 %')] });
    expect(of('bifrost', 300)).toMatchObject({ state: 'crashed', course: { endedAtS: 12.34 } });
    expect(of('kong', 50)).toMatchObject({ state: 'skipped', figures: {}, course: null });
    expect(of('ferro', 50)?.figures.overheadP50).toEqual([1_000]);
  });

  it('has each percentile as the histogram has it', () => {
    const { run, records } = publishedRun({ vus: [50], requests: 3_000 });
    const { cells } = dataOf(pageOf({ run, records }));
    const [cell] = cells;
    const sums: number[] = [];
    for (const difference of cell?.latency ?? []) sums.push((sums.at(-1) ?? 0) + difference);
    expect(sums).toHaveLength(PERCENTILES.length);
    const shown = records[0]?.latencyUs;
    for (const [key, percentile] of [
      ['p50', 50],
      ['p90', 90],
      ['p95', 95],
      ['p99', 99],
      ['p999', 99.9],
      ['max', 100],
    ] as const) {
      expect(sums[percentileIndex(percentile)], key).toBe(shown?.[key]);
    }
  });

  it('has intervals of three repeats, and a single figure of one', () => {
    const { run, records } = publishedRun({ vus: [50, 150], requests: 500, repeats: 3 });
    const { cells } = dataOf(pageOf({ run, records }));
    for (const { figures } of cells) {
      const [estimate, low, high] = figures.rate ?? [];
      expect(low).toBeLessThan(estimate ?? 0);
      expect(high).toBeGreaterThan(estimate ?? 0);
    }
    expect(dataOf(page).cells[0]?.figures.rate).toHaveLength(1);
  });
});

describe('a run as large as the published one', () => {
  it('makes a page of less than 1.5 MB, script and flame graphs included', () => {
    const { run, records, samplesByCell } = publishedRun();
    expect(records.length).toBeGreaterThan(50);
    const [script, pictures] = [100_000, 600_000];
    const size = Buffer.byteLength(pageOf({ run, records, samplesByCell, claims: publishedClaims() }));
    expect(size + script + pictures).toBeLessThan(1_500_000);
  });
});

describe('of a load that changes within the window', () => {
  const records = [spiked('a', [4000, 10_000, 8000], 79_900, 0), spiked('b', [4000, 5330, 12_670], 3_864_000, 10)];
  const staged = pageOf({ run: runLike(records, { load: SPIKE }), records });

  it('shows its seconds, and no point of its means', () => {
    const charts = [...staged.matchAll(/<figure class="chart" id="([a-z-]+)"/g)].map(([, id]) => id);
    expect(charts).toEqual([
      'rate-time-chart',
      'latency-time-chart',
      'distribution-chart',
      'cpu-chart',
      'memory-chart',
    ]);
    expect(staged).not.toContain('id="overhead"');
    expect(staged).toContain(
      '<p class="headline">a alone kept up with the highest stage, 1,000 req/s: p99 79.9 ms.</p>',
    );
    expect(staged).toContain('All stages, up to 1000 req/s');
  });

  it('has the seconds from the window’s start on, with what was due', () => {
    const { changes, planned, cells, wideLatencies } = dataOf(staged);
    expect(changes).toBe(true);
    expect(planned).toEqual([
      { x: 0, y: 200 },
      { x: 19.999, y: 200 },
      { x: 20, y: 1000 },
      { x: 29.999, y: 1000 },
      { x: 30, y: 200 },
      { x: 69.999, y: 200 },
    ]);
    const [, late] = cells;
    expect(late?.seconds?.atS.slice(0, 2)).toEqual([0, 1]);
    expect(late?.seconds?.ratePerSec[25]).toBe(533);
    expect(late?.seconds?.p99Us[25]).toBe(3_864_000);
    expect(wideLatencies).toBe(true);
  });

  it('marks when the upstream fails, and leaves steady runs as they were', () => {
    const steady = [recordOf({ gateway: 'a', vus: 50 })];
    const failing = pageOf({ run: runLike(steady, { upstream: { faults: ['503@15s..35s'] } }), records: steady });
    expect(dataOf(failing)).toMatchObject({ changes: true, faults: [{ title: 'upstream fails', from: 15, to: 35 }] });
    const always = pageOf({ run: runLike(steady, { upstream: { faults: ['503:0.05'] } }), records: steady });
    expect(dataOf(always)).toMatchObject({ changes: false, faults: [], cells: [{ seconds: null }] });
  });
});
