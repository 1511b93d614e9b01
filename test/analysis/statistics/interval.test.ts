import { describe, expect, it } from 'vitest';
import { geometricInterval, meanInterval } from '../../../src/analysis/statistics/interval.js';
import {
  autocorrelatedBetween,
  autocorrelatedWithin,
  bimodalFigures,
  covers,
  lognormalFigures,
  normalFigures,
  type Population,
  shareOf,
} from '../../support/simulation.js';

describe('t interval', () => {
  it('is the textbook one', () => {
    // Student's own sleep data (1908), difference of the two drugs: 1.58, from 0.70 to 2.46.
    const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const interval = meanInterval(sleep);
    expect(interval?.estimate).toBeCloseTo(1.58, 10);
    expect(interval?.low).toBeCloseTo(0.7001142, 6);
    expect(interval?.high).toBeCloseTo(2.4598858, 6);
    expect(interval).toMatchObject({ n: 10, df: 9 });
  });

  it('needs a spread', () => {
    expect(meanInterval([])).toBeNull();
    expect(meanInterval([5])).toBeNull();
    expect(meanInterval([5, 5, 5])).toMatchObject({ estimate: 5, low: 5, high: 5, sd: 0 });
  });

  it('is as wide as its level asks', () => {
    const at = (level: number) => (meanInterval([1, 2, 3], level)?.high ?? 0) - 2;
    expect(at(0.99) / at(0.95)).toBeCloseTo(9.924843 / 4.302653, 5);
  });
});

describe('t interval on logarithms', () => {
  it('is that of the geometric mean', () => {
    const interval = geometricInterval([1, 10, 100]);
    expect(interval?.estimate).toBeCloseTo(10, 10);
    expect((interval?.low ?? 0) * (interval?.high ?? 0)).toBeCloseTo(100, 8);
    expect(interval?.sd).toBeCloseTo(Math.log(10), 10);
  });

  it('has nothing to say of what has no logarithm', () => {
    expect(geometricInterval([1, 2, 0])).toBeNull();
    expect(geometricInterval([1, -2, 3])).toBeNull();
    expect(geometricInterval([1, Number.NaN, 3])).toBeNull();
  });
});

/** The tables of docs/coverage.md have every n and more trials. */
const TRIALS = 6000;

function coverage(population: Population, n: number) {
  const log = shareOf(TRIALS, () => covers(geometricInterval(population.draw(n)), population.geometricMean));
  const plain = shareOf(TRIALS, () => covers(meanInterval(population.draw(n)), population.mean));
  return { log, plain };
}

describe('coverage over repeats, by simulation', () => {
  const holds = [
    normalFigures(),
    lognormalFigures(0.05),
    lognormalFigures(0.3),
    bimodalFigures(0.5, 2),
    autocorrelatedWithin(0.9),
  ];
  for (const population of holds) {
    it.each([3, 5, 10])(`is 95 ± 1.5 % of the log interval, ${population.name}, n %i`, (n) => {
      expect(Math.abs(coverage(population, n).log - 0.95)).toBeLessThan(0.015);
    });
  }

  it.each([3, 5, 10])('is 95 ± 1.5 % of the plain interval of normal figures, n %i', (n) => {
    expect(Math.abs(coverage(normalFigures(), n).plain - 0.95)).toBeLessThan(0.015);
  });

  it('is less where the documentation says that it doesn’t hold', () => {
    expect(coverage(bimodalFigures(0.5, 10), 3).log).toBeLessThan(0.8);
    expect(coverage(bimodalFigures(0.8, 10), 5).log).toBeLessThan(0.8);
    expect(coverage(autocorrelatedBetween(0.5), 5).log).toBeLessThan(0.9);
    expect(coverage(lognormalFigures(0.8), 5).plain).toBeLessThan(0.935);
  });
});
