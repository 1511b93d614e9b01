import { describe, expect, it } from 'vitest';
import { theilSen } from '../../../src/analysis/statistics/theil-sen.js';
import { normal, uniform } from '../../support/noise.js';
import { firstOrder } from '../../support/simulation.js';

const line = (n: number, slope: number, noise: () => number) =>
  Array.from({ length: n }, (_, x) => ({ x, y: 5 + slope * x + noise() }));

/** Share of intervals that hold the true slope. */
function coverage(trials: number, n: number, noiseOf: (seed: number) => () => number): number {
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const found = theilSen(line(n, 0.3, noiseOf(trial)));
    if (found !== null && found.low <= 0.3 && found.high >= 0.3) covered += 1;
  }
  return covered / trials;
}

describe('theilSen', () => {
  it('finds a straight line, and its own interval', () => {
    const found = theilSen(line(20, 2, () => 0));
    for (const value of [found?.slope, found?.low, found?.high]) expect(value).toBeCloseTo(2, 9);
    expect(found).toMatchObject({ n: 20, autocorrelation: 1 });
    expect(found?.intercept).toBeCloseTo(5, 9);
  });

  it('takes slope and interval by rank: 45 pairs, of whose slopes the 11th and the 35th bound the median', () => {
    const found = theilSen([1, 4, 2, 8, 5, 7, 9, 12, 10, 15].map((y, x) => ({ x, y })));
    expect(found).toMatchObject({ slope: 1.375, autocorrelation: 1, high: 2 });
    expect(found?.low).toBeCloseTo(6 / 7, 9);
  });

  it('is not moved by a few points far off', () => {
    const points = line(40, 1, () => 0).map((point, at) => (at % 9 === 4 ? { ...point, y: 1000 } : point));
    expect(theilSen(points)?.slope).toBeCloseTo(1, 1);
  });

  it('says nothing of fewer than eight points, and no slope where all are equal', () => {
    expect(theilSen(line(7, 1, () => 0))).toBeNull();
    expect(theilSen(line(9, 0, () => 0))).toMatchObject({ slope: 0, low: 0, high: 0 });
  });

  it('covers the true slope of independent points, at few and at many', () => {
    const independent = (seed: number) => normal(uniform(seed + 1));
    expect(coverage(300, 10, independent)).toBeGreaterThan(0.92);
    expect(coverage(120, 60, independent)).toBeGreaterThan(0.92);
  });

  it('allows for points that hang together', () => {
    const correlated = (seed: number) => firstOrder(0.7, normal(uniform(seed + 1)));
    const found = theilSen(line(60, 0.3, correlated(3)));
    expect(found?.autocorrelation).toBeGreaterThan(1.5);
    expect(coverage(120, 60, correlated)).toBeGreaterThan(0.9);
  });
});
