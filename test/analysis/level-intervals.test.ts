import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, percentileUs, recordUs } from '../../common/histogram.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { cpuSpread, levelIntervals, pooledLatency, withinRun } from '../../src/analysis/level-intervals.js';
import { latencySummary } from '../../src/load/latency-summary.js';
import type { CellRecord } from '../../src/model/record.js';
import { normal, uniform } from '../support/noise.js';
import { recordOf } from '../support/record-builder.js';

function repeat(number: number, facts: Partial<Parameters<typeof recordOf>[0]> = {}): CellRecord {
  return recordOf({ gateway: 'ferro', vus: 50, repeat: number, ...facts });
}

/** A record whose latencies are these. */
function withLatencies(record: CellRecord, latenciesUs: readonly number[]): CellRecord {
  const histogram = newHistogram();
  for (const us of latenciesUs) recordUs(histogram, us);
  return { ...record, latencyUs: latencySummary(histogram) };
}

describe('levelIntervals', () => {
  it('has an interval for each metric that three repeats have', () => {
    const records = deriveRun([1, 2, 3].map((n) => repeat(n, { ratePerSec: 800 + n })));
    const intervals = levelIntervals(records);
    expect(Object.keys(intervals)).toEqual(['rate', 'p50', 'p95', 'p99', 'cpuUsPerRequest', 'rss', 'pss']);
    expect(intervals.rate).toMatchObject({ n: 3, df: 2 });
    expect(intervals.rate?.estimate).toBeCloseTo(802, 2);
    expect(levelIntervals(records.slice(1))).toEqual({});
  });

  it('takes overheads as they are, below 0 too', () => {
    const records = deriveRun(
      [-100, 300, 50].flatMap((overUs, index) => [
        recordOf({ gateway: 'direct', vus: 50, repeat: index + 1, p50Us: 60_000 }),
        repeat(index + 1, { p50Us: 60_000 + overUs }),
      ]),
    ).filter(({ gateway }) => gateway.kind !== 'direct');
    const { overheadP50 } = levelIntervals(records);
    expect(overheadP50?.estimate).toBeCloseTo(250 / 3, 8);
    expect(overheadP50?.low).toBeLessThan(0);
  });

  it('leaves out a figure that a repeat doesn’t have', () => {
    const records = deriveRun([1, 2, 3, 4].map((n) => repeat(n, n === 4 ? { tree: null } : {})));
    expect(levelIntervals(records)).toMatchObject({ rate: { n: 4 }, rss: { n: 3 } });
    const zero = deriveRun([1, 2, 3].map((n) => repeat(n, { tree: { cpuUsPerRequest: 0 } })));
    expect(levelIntervals(zero).cpuUsPerRequest).toBeUndefined();
  });
});

describe('pooledLatency', () => {
  it('adds histograms up, where the mean of percentiles would be of no request at all', () => {
    const records = deriveRun([
      withLatencies(repeat(1), [...new Array<number>(99).fill(10_000), 50_000]),
      withLatencies(repeat(2), new Array<number>(100).fill(20_000)),
    ]);
    expect(pooledLatency(records)).toMatchObject({ repeats: 2, requests: 200 });
    expect(Math.round((pooledLatency(records)?.p50 ?? 0) / 10)).toBe(2000);
    expect(Math.round((pooledLatency(records)?.p99 ?? 0) / 10)).toBe(2000);
  });

  it('is none without histograms, with a damaged one, or of one repeat', () => {
    const good = withLatencies(repeat(1), [1000, 2000]);
    expect(pooledLatency(deriveRun([good]))).toBeNull();
    // The builder's own is no histogram at all.
    expect(pooledLatency(deriveRun([good, repeat(2)]))).toBeNull();
    expect(pooledLatency(deriveRun([good, { ...repeat(2), latencyUs: null }]))).toBeNull();
    expect(pooledLatency([])).toBeNull();
  });
});

describe('withinRun', () => {
  const z = normal(uniform(7));
  const perSecond = 600;
  const seconds = Array.from({ length: 12 }, () =>
    Uint32Array.from({ length: perSecond }, () => 60_000 + 2000 * Math.abs(z())).sort(),
  );
  const histogram = newHistogram();
  for (const latencies of seconds) for (const us of latencies) recordUs(histogram, us);
  const record: CellRecord = {
    ...withLatencies(repeat(1), []),
    latencyUs: { ...(repeat(1).latencyUs ?? never()), histogram: encodeHistogram(histogram) },
    seconds: seconds.map((latencies, index) => ({
      second: 15 + index,
      phase: 'window',
      ok: perSecond,
      failed: 0,
      p50Us: latencies[perSecond / 2 - 1] ?? 0,
      p99Us: latencies[perSecond * 0.99 - 1] ?? 0,
    })),
  };

  function never(): never {
    throw new Error('no latency');
  }

  it('bounds p50 and p99 by the window’s own requests', () => {
    const [cell] = deriveRun([record]);
    const within = cell === undefined ? null : withinRun(cell);
    for (const [key, q] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      expect(within?.[key]?.lowUs).toBeLessThan(percentileUs(histogram, q));
      expect(within?.[key]?.highUs).toBeGreaterThan(percentileUs(histogram, q));
    }
  });

  it('leaves out a last second that the window’s end cut off, and warm-up', () => {
    const cut = { second: 27, phase: 'window' as const, ok: 3, failed: 0, p50Us: 90_000, p99Us: 99_000 };
    const warmup = { second: 3, phase: 'warmup' as const, ok: 600, failed: 0, p50Us: 90_000, p99Us: 99_000 };
    const [plain, more] = deriveRun([record, { ...record, seconds: [warmup, ...record.seconds, cut] }]);
    expect(more && withinRun(more)).toEqual(plain && withinRun(plain));
  });

  it('is none for a second without a success, and without a histogram', () => {
    const silent = record.seconds.map((second, at) =>
      at === 5 ? { ...second, ok: 0, p50Us: null, p99Us: null } : second,
    );
    const [cell] = deriveRun([{ ...record, seconds: silent }]);
    expect(cell && withinRun(cell)).toEqual({ p50: null, p99: null });
    const [without] = deriveRun([repeat(1)]);
    expect(without && withinRun(without)).toBeNull();
  });
});

describe('cpuSpread', () => {
  it('says how much of the spread mock and engine had too', () => {
    const factors = [1, 1.1, 0.95, 1.2, 1.05];
    const records = deriveRun(
      factors.map((factor, index) =>
        repeat(index + 1, {
          harnessCpuUs: 100 * factor,
          tree: { cpuUsPerRequest: 300 * factor * (1 + 0.001 * index) },
        }),
      ),
    );
    const spread = cpuSpread(records);
    expect(spread?.raw).toBeGreaterThan(0.08);
    expect(spread?.atEqualHarness).toBeLessThan(0.003);
    expect(cpuSpread(records.slice(0, 3))).toBeNull();
  });
});
