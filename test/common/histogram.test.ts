import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  newHistogram,
  percentileUs,
  recordUs,
} from '../../common/histogram.js';

const MAX_US = 120_000_000;
const times = fc.array(fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: MAX_US })), {
  minLength: 1,
  maxLength: 300,
});
const quantile = fc.integer({ min: 1, max: 1000 }).map((perMille) => perMille / 1000);

function histogramOf(values: number[]): Histogram {
  const histogram = newHistogram();
  for (const value of values) recordUs(histogram, value);
  return histogram;
}

/** Nearest rank, in integers: `ceil(q * n)` of the sorted values, from 1. */
function nearestRank(values: number[], perMille: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((perMille * values.length) / 1000) - 1] ?? Number.NaN;
}

describe('percentileUs', () => {
  it('is the nearest rank of the sorted values, to four digits', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 1000 }), (values, perMille) => {
        const truth = nearestRank(values, perMille);
        const got = percentileUs(histogramOf(values), perMille / 1000);
        // The highest value that the histogram can't tell from the true one: 4 digits are 2^15 steps a bucket.
        expect(got).toBeGreaterThanOrEqual(truth);
        expect(got).toBeLessThanOrEqual(truth * (1 + 1e-4) + 0.5);
      }),
    );
  });

  it('is exact below 20 ms', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 }), quantile, (values, q) => {
        expect(percentileUs(histogramOf(values), q)).toBe(nearestRank(values, Math.round(q * 1000)));
      }),
    );
  });

  it.each([
    [100, 0.99, 99],
    [100, 0.991, 100],
    [100, 0.5, 50],
    [101, 0.5, 51],
    [1000, 0.999, 999],
    [10, 0.999, 10],
    [1, 0.01, 1],
    [10_000, 0.07, 700],
  ])('of 1..%i at %d is %i', (count, q, expected) => {
    expect(percentileUs(histogramOf(Array.from({ length: count }, (_, index) => index + 1)), q)).toBe(expected);
  });

  it('of nothing is 0', () => {
    expect(percentileUs(newHistogram(), 0.5)).toBe(0);
  });
});

describe('histograms', () => {
  it('merge to the histogram of all values', () => {
    fc.assert(
      fc.property(times, times, quantile, (left, right, q) => {
        const merged = histogramOf(left);
        merged.add(histogramOf(right));
        const whole = histogramOf([...left, ...right]);
        expect(merged.totalCount).toBe(left.length + right.length);
        expect(percentileUs(merged, q)).toBe(percentileUs(whole, q));
        expect(encodeHistogram(merged)).toBe(encodeHistogram(whole));
      }),
      // Each run walks, encodes or decodes histograms of 200,000 counts.
      { numRuns: 8 },
    );
  });

  it('come back from their encoding with every count', () => {
    fc.assert(
      fc.property(times, quantile, (values, q) => {
        const original = histogramOf(values);
        const copy = decodeHistogram(encodeHistogram(original));
        expect(copy.totalCount).toBe(values.length);
        expect(percentileUs(copy, q)).toBe(percentileUs(original, q));
        expect(copy.mean).toBe(original.mean);
        // Counts are all that is stored: the exact bounds become the outermost values that they can't tell from them.
        expect(copy.maxValue).toBeGreaterThanOrEqual(original.maxValue);
        expect(copy.maxValue).toBeLessThanOrEqual(original.maxValue * (1 + 1e-4) + 0.5);
        expect(copy.minNonZeroValue).toBeLessThanOrEqual(original.minNonZeroValue);
        expect(copy.minNonZeroValue).toBeGreaterThanOrEqual(original.minNonZeroValue * (1 - 1e-4) - 0.5);
        const twice = newHistogram();
        twice.add(copy);
        expect(encodeHistogram(twice)).toBe(encodeHistogram(original));
      }),
      // Each run walks, encodes or decodes histograms of 200,000 counts.
      { numRuns: 8 },
    );
  });

  it('come back empty', () => {
    expect(decodeHistogram(encodeHistogram(newHistogram())).totalCount).toBe(0);
  });

  it('know the mean to four digits', () => {
    fc.assert(
      fc.property(times, (values) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(Math.abs(histogramOf(values).mean - mean)).toBeLessThanOrEqual(mean * 1e-4 + 0.5);
      }),
      { numRuns: 8 },
    );
  });

  it('keep what is beyond their bounds at the bounds', () => {
    const histogram = histogramOf([-5, 0, 0.2, 10 * MAX_US]);
    expect(histogram.totalCount).toBe(4);
    expect(percentileUs(histogram, 0.75)).toBe(1);
    expect(percentileUs(histogram, 1)).toBeGreaterThanOrEqual(MAX_US);
    expect(percentileUs(histogram, 1)).toBeLessThan(MAX_US * (1 + 1e-4));
  });
});
