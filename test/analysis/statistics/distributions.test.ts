import { describe, expect, it } from 'vitest';
import {
  binomialCdf,
  normalQuantile,
  tCdf,
  tCritical,
  tQuantile,
  twoSidedP,
} from '../../../src/analysis/statistics/distributions.js';

describe('distributions', () => {
  // Exact: t with 1 degree of freedom is Cauchy's, with 2 it is t / sqrt(2 + t^2).
  it('agrees with Student’s t where it has a closed form', () => {
    for (const p of [0.6, 0.9, 0.975, 0.999, 0.99999]) {
      expect(tQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 6);
      const twice = 2 * p - 1;
      expect(tQuantile(p, 2)).toBeCloseTo(twice * Math.sqrt(2 / (1 - twice ** 2)), 8);
    }
    for (const t of [-40, -3, -0.1, 0, 0.7, 12]) {
      expect(tCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
      expect(tCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t ** 2)), 12);
    }
  });

  it('agrees with printed tables of the 97.5 % point', () => {
    const printed = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
    for (const [index, value] of printed.entries()) expect(tCritical(0.95, index + 1)).toBeCloseTo(value, 3);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  });

  it('takes quantiles back', () => {
    for (const df of [1, 2, 3, 9, 50, 400]) {
      for (const p of [1e-6, 0.001, 0.2, 0.5, 0.93]) expect(tCdf(tQuantile(p, df), df)).toBeCloseTo(p, 10);
    }
  });

  it('has the same p for either sign', () => {
    expect(twoSidedP(4.302653, 2)).toBeCloseTo(0.05, 6);
    expect(twoSidedP(-4.302653, 2)).toBeCloseTo(0.05, 6);
    expect(twoSidedP(0, 5)).toBe(1);
    expect(twoSidedP(Number.POSITIVE_INFINITY, 5)).toBe(0);
  });

  it('sums the binomial distribution, for many trials too', () => {
    expect(binomialCdf(2, 4, 0.5)).toBeCloseTo(11 / 16, 12);
    expect(binomialCdf(-1, 4, 0.5)).toBe(0);
    expect(binomialCdf(4, 4, 0.5)).toBe(1);
    let sum = 0;
    let term = 0.99 ** 50;
    for (let k = 0; k <= 3; k++) {
      sum += term;
      term *= ((50 - k) / (k + 1)) * (0.01 / 0.99);
    }
    expect(binomialCdf(3, 50, 0.01)).toBeCloseTo(sum, 12);
    // Half of it lies below its median, n q.
    expect(binomialCdf(990_000, 1_000_000, 0.99)).toBeCloseTo(0.502, 2);
  });
});
