import { describe, expect, it } from 'vitest';
import { tCritical, twoSidedP } from '../../../src/analysis/statistics/distributions.js';
import { geometricInterval, meanInterval } from '../../../src/analysis/statistics/interval.js';
import { nominalLevel, sequentialP } from '../../../src/analysis/statistics/sequential.js';
import { normal, uniform } from '../../support/noise.js';
import { covers, shareOf } from '../../support/simulation.js';

/** The least p that a t test has at any look of n values around 0. */
function leastP(z: () => number, from: number, to: number): number {
  const values: number[] = [];
  let least = 1;
  while (values.length < to) {
    values.push(z());
    const interval = values.length < from ? null : meanInterval(values);
    if (interval === null) continue;
    least = Math.min(least, twoSidedP((interval.estimate / interval.sd) * Math.sqrt(interval.n), interval.df));
  }
  return least;
}

describe('looking again and again', () => {
  it('is no more than one look where there is one', () => {
    for (const p of [0.001, 0.01, 0.05, 0.2]) expect(sequentialP(p, 5, 5)).toBeCloseTo(p, 10);
    expect(nominalLevel(0.95, 5, 5)).toBeCloseTo(0.95, 10);
  });

  it.each([
    [3, 10],
    [3, 5],
    [5, 20],
  ])('has the error that simulation finds, from %i to %i', (from, to) => {
    const z = normal(uniform(51));
    const trials = 8000;
    const least = Array.from({ length: trials }, () => leastP(z, from, to)).sort((a, b) => a - b);
    for (const p of [0.002, 0.01, 0.05]) {
      const seen = least.filter((each) => each <= p).length / trials;
      const error = 3 * Math.sqrt((seen * (1 - seen)) / trials) + 0.01 * seen;
      expect(Math.abs(sequentialP(p, from, to) - seen)).toBeLessThan(error);
    }
  });

  it('turns round: at the nominal level, all looks together have the level asked for', () => {
    for (const to of [4, 10, 30]) expect(sequentialP(1 - nominalLevel(0.95, 3, to), 3, to)).toBeCloseTo(0.05, 3);
    expect(nominalLevel(0.95, 3, 10)).toBeGreaterThan(0.975);
    expect(nominalLevel(0.95, 3, 10)).toBeLessThan(0.99);
  });

  it('rises with p, and is never below it nor above the sum of the looks', () => {
    let before = 0;
    for (let p = 1e-6; p < 1; p *= 1.3) {
      const all = sequentialP(p, 3, 10);
      expect(all).toBeGreaterThanOrEqual(before);
      expect(all).toBeGreaterThanOrEqual(p);
      expect(all).toBeLessThanOrEqual(Math.min(1, 8 * p) + 1e-12);
      before = all;
    }
  });

  it('covers when it stops at the first interval that is narrow enough, where one look’s level doesn’t', () => {
    const [from, to] = [3, 10];
    const z = normal(uniform(52));
    const stopped = (level: number, target: number) =>
      shareOf(4000, () => {
        const values: number[] = [];
        for (;;) {
          values.push(1000 * Math.exp(0.03 * z()));
          const interval = values.length < from ? null : geometricInterval(values, level);
          if (interval === null) continue;
          if (interval.high / interval.estimate - 1 <= target || values.length >= to) return covers(interval, 1000);
        }
      });
    expect(stopped(0.95, 0.03)).toBeLessThan(0.935);
    expect(stopped(nominalLevel(0.95, from, to), 0.03)).toBeGreaterThan(0.945);
  });

  it('widens intervals: the price of looking', () => {
    const level = nominalLevel(0.95, 3, 10);
    expect(tCritical(level, 9) / tCritical(0.95, 9)).toBeGreaterThan(1.1);
    expect(tCritical(level, 9) / tCritical(0.95, 9)).toBeLessThan(1.6);
  });
});
