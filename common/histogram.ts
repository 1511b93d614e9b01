import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  JsHistogram,
} from 'hdr-histogram-js';
import { nearestRank } from './nearest-rank.js';

/** 120 s: above the longest timeout and the waiting before it. */
const MAX_US = 120_000_000;
/** At 60 ms a step of 4 digits is 2 us; 3 digits would make it 32 us, more than some gateways add. */
const DEFAULT_DIGITS = 4;

/**
 * An empty HdrHistogram of microseconds, up to 120 s.
 * @param significantDigits 3 makes steps of 1 us up to 2 ms, 4 up to 20 ms
 */
export function newHistogram(significantDigits: 3 | 4 = DEFAULT_DIGITS): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: significantDigits,
    useWebAssembly: false,
  });
}

/**
 * Record a time, rounded to microseconds. Values out of bounds are recorded at the bounds.
 * @param minUs 1 for latencies, which are never 0; 0 for lateness
 */
export function recordUs(histogram: Histogram, us: number, minUs: 0 | 1 = 1): void {
  histogram.recordValue(Math.min(Math.max(Math.round(us), minUs), MAX_US));
}

/**
 * Percentile by {@link nearestRank}. The library rounds `q * n` to a rank, so it is asked for a point within the rank
 * we want.
 * @param q in (0, 1]
 * @returns microseconds; 0 for an empty histogram
 */
export function percentileUs(histogram: Histogram, q: number): number {
  const count = histogram.totalCount;
  return count === 0 ? 0 : histogram.getValueAtPercentile((100 * (nearestRank(q, count) - 0.25)) / count);
}

/** How many of a histogram's values are at most so large. */
export interface CumulativeCounts {
  /** Ascending: each value that was recorded, as far as the histogram tells values apart. */
  valuesUs: number[];
  /** Of each of them: values up to it. */
  upTo: number[];
}

/** Every value of a histogram in one pass, where asking for many percentiles would take one each. */
export function cumulativeCounts(histogram: Histogram): CumulativeCounts {
  const counts: CumulativeCounts = { valuesUs: [], upTo: [] };
  // What newHistogram and decodeHistogram make.
  if (!(histogram instanceof JsHistogram)) throw new Error('a histogram of another kind');
  const values = histogram.recordedValuesIterator;
  values.reset();
  while (values.hasNext()) {
    const { valueIteratedTo, totalCountToThisValue } = values.next();
    counts.valuesUs.push(valueIteratedTo);
    counts.upTo.push(totalCountToThisValue);
  }
  return counts;
}

/** HdrHistogram V2, compressed, base64: readable by every HdrHistogram library. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** The inverse of {@link encodeHistogram}. */
export function decodeHistogram(encoded: string): Histogram {
  return decodeFromCompressedBase64(encoded, 32, false);
}

export type { Histogram };
