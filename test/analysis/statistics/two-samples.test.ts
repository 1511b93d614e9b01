import { describe, expect, it } from 'vitest';
import { differenceInterval, exceedsP, pairedInterval } from '../../../src/analysis/statistics/two-samples.js';
import { normal, uniform } from '../../support/noise.js';
import { covers, shareOf } from '../../support/simulation.js';

const TRIALS = 6000;

function drawn(n: number, centre: number, sd: number, z: () => number): number[] {
  return Array.from({ length: n }, () => centre + sd * z());
}

describe('differenceInterval', () => {
  it('is Welch’s: each side has its own spread, and the degrees of freedom are Satterthwaite’s', () => {
    // Variances 2.5 and 20/3: standard error sqrt(2.5/5 + 20/12), df 4.75, rounded down; t(0.975; 4) = 2.7764.
    const interval = differenceInterval([1, 2, 3, 4, 5], [2, 4, 6, 8]);
    expect(interval).toMatchObject({ estimate: 2, df: 4 });
    expect(interval?.standardError).toBeCloseTo(1.47196, 5);
    expect(interval?.high).toBeCloseTo(2 + 2.7764 * 1.47196, 3);
  });

  it('turns round with its sides', () => {
    const there = differenceInterval([1, 2, 3], [4, 8, 5]);
    const back = differenceInterval([4, 8, 5], [1, 2, 3]);
    expect(there?.low).toBeCloseTo(-(back?.high ?? 0), 12);
    expect(there?.df).toBe(back?.df);
  });

  it('takes the other side’s spread for a value that stands alone', () => {
    const interval = differenceInterval([10, 12, 14], [20]);
    // s = 2; s * sqrt(1 + 1/3); t(0.975; 2) = 4.3027.
    expect(interval).toMatchObject({ estimate: 8, df: 2 });
    expect((interval?.high ?? 0) - 8).toBeCloseTo(4.3027 * 2 * Math.sqrt(4 / 3), 2);
    expect(differenceInterval([1], [2])).toBeNull();
    expect(differenceInterval([], [2, 3, 4])).toBeNull();
  });

  it('has no width where nothing varies', () => {
    expect(differenceInterval([5, 5, 5], [6, 6, 6])).toMatchObject({ low: 1, estimate: 1, high: 1, df: 4 });
  });

  // Rounding the degrees of freedom down makes it cover a little more than 95 % of few values, and never less.
  it.each([
    [3, 3, 1],
    [3, 3, 5],
    [5, 5, 1],
    [5, 5, 5],
    [10, 10, 3],
    [3, 10, 3],
  ])('covers between 0.935 and 0.985, n %i and %i, spreads 1 and %i', (first, second, spread) => {
    const z = normal(uniform(first * 100 + second * 10 + spread));
    const coverage = shareOf(TRIALS, () =>
      covers(differenceInterval(drawn(first, 0, 1, z), drawn(second, 2, spread, z)), 2),
    );
    expect(coverage).toBeGreaterThan(0.935);
    expect(coverage).toBeLessThan(0.985);
  });

  it.each([3, 5, 10])('covers 0.95 ± 0.015 of one run beside %i others', (n) => {
    const z = normal(uniform(n));
    const coverage = shareOf(TRIALS, () => covers(differenceInterval(drawn(n, 0, 1, z), drawn(1, 0.5, 1, z)), 0.5));
    expect(Math.abs(coverage - 0.95)).toBeLessThan(0.015);
  });
});

describe('exceedsP', () => {
  it('is at most the tail exactly where the interval lies beyond the bound', () => {
    const interval = pairedInterval([1, 1.2, 0.9, 1.1]);
    if (interval === null) throw new Error('no interval');
    expect(exceedsP(interval, interval.low)).toBeCloseTo(0.025, 10);
    expect(exceedsP(interval, interval.low - 0.01)).toBeLessThan(0.025);
    expect(exceedsP(interval, interval.low + 0.01)).toBeGreaterThan(0.025);
  });

  it('is certain where nothing varies', () => {
    const interval = pairedInterval([1, 1, 1]);
    if (interval === null) throw new Error('no interval');
    expect(exceedsP(interval, 0.9)).toBe(0);
    expect(exceedsP(interval, 1)).toBe(1);
  });
});
