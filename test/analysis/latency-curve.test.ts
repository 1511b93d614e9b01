import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, percentileUs, recordUs } from '../../common/histogram.js';
import { latencyCurve } from '../../src/analysis/latency-curve.js';
import { latencyOf } from '../support/record-builder.js';
import { seededRandom } from '../support/seeded-random.js';

describe('a latency curve', () => {
  const random = seededRandom(3);
  const histogram = newHistogram();
  for (let at = 0; at < 5_000; at++) recordUs(histogram, 60_000 + 40_000 * random() ** 6);
  const latency = { ...latencyOf(5_000, 60_000), histogram: encodeHistogram(histogram) };

  it('is what asking the histogram for each percentile gives', () => {
    const percentiles = [0.02, 1, 50, 75, 90, 95, 99, 99.9, 99.98, 100];
    expect(latencyCurve(latency, percentiles)).toEqual(
      percentiles.map((percentile) => percentileUs(histogram, percentile / 100)),
    );
  });

  it('begins at the smallest value', () => {
    expect(latencyCurve(latency, [0])).toEqual([percentileUs(histogram, 1 / 5_000)]);
  });

  it('is null without requests, and without a histogram that can be read', () => {
    expect(latencyCurve(null, [50])).toBeNull();
    expect(latencyCurve({ ...latency, histogram: null }, [50])).toBeNull();
    expect(latencyCurve({ ...latency, histogram: 'SGlzdG9ncmFt' }, [50])).toBeNull();
    expect(latencyCurve({ ...latency, histogram: encodeHistogram(newHistogram()) }, [50])).toBeNull();
  });
});
