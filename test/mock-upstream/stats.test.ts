import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { mergeStats, ProcessStats, type StatsPart } from '../../mock-upstream/stats.js';

/** The counts of a process that released with these latenesses. */
function partWith(latenessesMs: readonly number[]): StatsPart {
  const stats = new ProcessStats();
  for (const latenessMs of latenessesMs) stats.countRelease(latenessMs);
  return stats.part();
}

const latenessOf = (...parts: StatsPart[]) => mergeStats(parts, '60ms').latenessUs;

describe('lateness', () => {
  test('nothing recorded', () => {
    expect(latenessOf(partWith([]))).toMatchObject({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  });

  test('percentiles are values at ranks, in microseconds, over all processes', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => (i + 1) / 1000);
    const summary = latenessOf(partWith(hundred.slice(0, 30)), partWith(hundred.slice(30)));
    expect(summary).toMatchObject({ count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
    expect(decodeFromCompressedBase64(summary.histogram, 32, false).totalCount).toBe(100);
  });

  test('what no clock should show is kept at the bounds', () => {
    expect(latenessOf(partWith([-1, 1e9]))).toMatchObject({ count: 2, p50: 0 });
  });

  test('nearest rank, for any values below 2 ms, where each microsecond is a step of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 300 }), (valuesUs) => {
        const sorted = valuesUs.toSorted((a, b) => a - b);
        const atRank = (percent: number) => sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1];
        expect(latenessOf(partWith(valuesUs.map((us) => us / 1000)))).toMatchObject({
          count: sorted.length,
          p50: atRank(50),
          p90: atRank(90),
          p99: atRank(99),
          max: sorted.at(-1),
        });
      }),
    );
  });
});

describe('stats', () => {
  test('counts of several processes add up; utilisation keeps the busiest', () => {
    const [one, two] = [new ProcessStats(), new ProcessStats()];
    one.countRequest();
    one.countRelease(0.2);
    one.countCompletion();
    two.countRequest();
    two.countRequest();
    two.countRelease(0.4);
    two.countClientGone();
    const parts = [
      { ...one.part(), eventLoopUtilisation: 0.25, sinceMs: 10 },
      { ...two.part(), eventLoopUtilisation: 0.75, sinceMs: 12 },
    ];
    expect(mergeStats(parts, '60ms')).toMatchObject({
      processes: 2,
      requests: 3,
      completions: 1,
      clientsGone: 1,
      latenessUs: { count: 2, p50: 200, max: 400 },
      eventLoopUtilisation: { busiest: 0.75, perProcess: [0.25, 0.75] },
      sinceMs: 12,
      latency: '60ms',
    });
  });

  test('a reset clears all but the counts since the start', () => {
    const stats = new ProcessStats();
    stats.countRequest();
    stats.countRelease(0.2);
    stats.countCompletion();
    stats.countClientGone();
    const before = stats.part();
    stats.reset();
    const after = stats.part();
    expect(mergeStats([after], '0s')).toMatchObject({
      requests: 0,
      completions: 0,
      clientsGone: 0,
      latenessUs: { count: 0, max: 0 },
    });
    expect(after.lateness).not.toBe(before.lateness);
    expect(stats.requestsEver).toBe(1);
    stats.countRequest();
    expect(mergeStats([stats.part(), after], '0s').sinceStart).toEqual({ requests: 3, completions: 2 });
  });
});
