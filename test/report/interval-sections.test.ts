import { describe, expect, it } from 'vitest';
import { newHistogram, recordUs } from '../../common/histogram.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import { latencySummary } from '../../src/load/latency-summary.js';
import type { CellRecord } from '../../src/model/record.js';
import { intervalSection, spreads } from '../../src/report/interval-sections.js';
import { renderReport } from '../../src/report/report.js';
import { recordOf, runOf } from '../support/record-builder.js';

/** A repeat whose requests all took about this long. */
function repeat(number: number, us: number, gateway = 'ferro'): CellRecord {
  const histogram = newHistogram();
  for (let i = 0; i < 1000; i++) recordUs(histogram, us + i);
  return {
    ...recordOf({
      gateway,
      vus: 50,
      repeat: number,
      ratePerSec: 800 + number,
      harnessCpuUs: 100 + number,
      tree: { cpuUsPerRequest: 3 * (100 + number) + (number % 2) },
    }),
    latencyUs: latencySummary(histogram),
  };
}

function sectionOf(records: CellRecord[]) {
  const [summary] = summarise(runOf(records), deriveRun(records));
  return summary === undefined ? null : intervalSection(summary, spreads());
}

describe('intervals', () => {
  const records = [60_000, 61_000, 62_000, 63_000].map((us, at) => repeat(at + 1, us));
  const section = sectionOf(records);
  const [between, pooled] = section?.table?.rows ?? [];

  it('show each metric over repeats, and the percentiles of all their requests beside them', () => {
    expect(section?.table?.rows).toHaveLength(2);
    expect(between?.slice(0, 4)).toEqual([
      '50',
      '4 repeats',
      '802 ± 0.26 %',
      expect.stringMatching(/^62\.0 ± 3\.\d %$/),
    ]);
    expect(pooled?.slice(0, 2)).toEqual(['', 'all requests']);
    expect(pooled?.[3]).toBe('62.0');
    expect(pooled?.slice(6)).toEqual(['', '', '', '', '']);
  });

  it('say under it how much of the CPU’s spread was the machine’s, and that it narrows nothing', () => {
    expect(section?.notes.join()).toMatch(
      /varied by .+ % from repeat to repeat, and by .+ % at equal CPU per request of mock and engine/,
    );
    expect(section?.notes.join()).toContain('doesn’t narrow the interval');
    expect(between?.[8]).toMatch(/¹$/);
  });

  it('say so where mock and engine don’t explain it', () => {
    const unlike = records.map((record, at) => {
      const tree = record.resources.gateway && { ...record.resources.gateway, cpuUsPerRequest: 300 + 40 * (at % 2) };
      return { ...record, resources: { ...record.resources, gateway: tree } };
    });
    const notes = sectionOf(unlike)?.notes.join();
    expect(notes).toMatch(
      /varied by .+ % from repeat to repeat, which the CPU per request of mock and engine doesn’t explain/,
    );
    expect(notes).not.toContain('the rest was the machine');
  });

  it('have overheads in milliseconds, with their sign', () => {
    const both = records.flatMap((record, at) => [repeat(at + 1, 60_000 + 1000 * at - 1500, 'direct'), record]);
    const summaries = summarise(runOf(both), deriveRun(both));
    const rows = summaries.map((summary) => intervalSection(summary, spreads())?.table?.rows[0]);
    expect(rows[1]?.[6]).toMatch(/^\+1\.50 ± 0\.\d+$/);
    expect(rows[0]?.[6]).toBe('–');
  });

  it('are none for fewer repeats with histograms that can’t be read', () => {
    expect(sectionOf([1, 2].map((number) => recordOf({ gateway: 'ferro', vus: 50, repeat: number })))).toBeNull();
  });

  it('are in report.md, the terminal, JSON and CSV', () => {
    const all = [
      ...records,
      ...records.map((record, at) => repeat(at + 1, 90_000, record.cell.gateway === 'ferro' ? 'kong' : 'x')),
    ];
    const report = renderReport({ run: runOf(all), records: all, samplesByCell: new Map(), flames: [], claims: null });
    const markdown = report.markdown();
    for (const heading of [
      '## Differences',
      '### Rate at 50 VUs',
      '### Latency and resources at 50 VUs',
      '## Intervals',
    ]) {
      expect(markdown).toContain(`\n${heading}\n`);
    }
    const terminal = report.terminal({ colour: false });
    expect(terminal).toContain('Rate at 50 VUs');
    expect(terminal).toContain('4 repeats');
    const json = JSON.parse(report.json);
    expect(json.intervals[0]).toMatchObject({ gateway: 'ferro', vus: 50, betweenRuns: { rate: { n: 4 } } });
    expect(json.comparisons[0].pairs[0]).toMatchObject({ blocks: 4, text: expect.any(String) });
    expect(report.intervalsCsv.split('\n')[0]).toBe('gateway,vus,metric,unit,scale,repeats,estimate,low,high,sd,df');
    expect(report.intervalsCsv).toMatch(/^ferro,50,rate,req\/s,log,4,/m);
    expect(report.comparisonsCsv).toMatch(/^50,p50,ferro,kong,4,0\.6/m);
  });

  it('shows in the table of rates half of the interval', () => {
    const report = renderReport({ run: runOf(records), records, samplesByCell: new Map(), flames: [], claims: null });
    expect(report.markdown()).toContain('| 802 ± 0.26 % |');
  });
});
