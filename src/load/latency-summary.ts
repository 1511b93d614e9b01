import { encodeHistogram, type Histogram, percentileUs } from '../../common/histogram.js';
import type { Latency } from '../model/load.js';

/** The figures of a histogram, or null where it is empty. All of them can be had again from the stored histogram. */
export function latencySummary(histogram: Histogram): Latency | null {
  if (histogram.totalCount === 0) return null;
  return {
    count: histogram.totalCount,
    p50: percentileUs(histogram, 0.5),
    p90: percentileUs(histogram, 0.9),
    p95: percentileUs(histogram, 0.95),
    p99: percentileUs(histogram, 0.99),
    p999: percentileUs(histogram, 0.999),
    min: histogram.minNonZeroValue,
    mean: histogram.mean,
    max: histogram.maxValue,
    histogram: encodeHistogram(histogram),
  };
}
