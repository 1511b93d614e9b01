import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, correctionIntervalUs, withoutCorrection } from '../../../src/load/wrk/coordinated-omission.js';

/** What wrk does to its histogram, by the description in its stats.c: upwards, in place. */
function corrected(measured: Counts, intervalUs: number): Counts {
  const counts: Counts = new Map(measured);
  const most = Math.max(0, ...measured.keys());
  for (let value = 2 * intervalUs; value <= most; value++) {
    const count = counts.get(value) ?? 0;
    for (let m = value - intervalUs; count > 0 && m > intervalUs; m -= intervalUs) {
      counts.set(m, (counts.get(m) ?? 0) + count);
    }
  }
  return counts;
}

const sorted = (counts: Counts) => [...counts].sort(([a], [b]) => a - b);

describe('withoutCorrection', () => {
  it('takes out what wrk invented', () => {
    const measured: Counts = new Map([
      [60, 10],
      [305, 2],
    ]);
    const seen = corrected(measured, 100);
    expect(sorted(seen)).toEqual([
      [60, 10],
      [105, 2],
      [205, 2],
      [305, 2],
    ]);
    expect(sorted(withoutCorrection(seen, 100))).toEqual(sorted(measured));
  });

  it('gives back any histogram', () => {
    const histogram = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 50 })), {
      selector: ([value]) => value,
    });
    fc.assert(
      fc.property(histogram, fc.integer({ min: 1, max: 500 }), (entries, intervalUs) => {
        const measured: Counts = new Map(entries);
        expect(sorted(withoutCorrection(corrected(measured, intervalUs), intervalUs))).toEqual(sorted(measured));
      }),
    );
  });

  it('changes nothing where wrk did not correct', () => {
    const counts: Counts = new Map([[5_000, 3]]);
    expect(withoutCorrection(counts, 0)).toEqual(counts);
  });
});

describe('correctionIntervalUs', () => {
  it('divides as wrk does, in whole numbers', () => {
    expect(correctionIntervalUs(2_000_123, 3_299, 100)).toBe(Math.floor(2_000_123 / 32));
    expect(correctionIntervalUs(2_000_123, 99, 100)).toBe(0);
  });
});
