import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** Microseconds; 120 s is above the longest time-out and covers the waiting before it. */
const MAX_US = 120_000_000;
/** At 60 ms a step of 4 digits is 2 us, where 3 digits would be 32 us: overheads are small. */
const SIGNIFICANT_DIGITS = 4;

/** An empty HdrHistogram, 1 us to 120 s. Values beyond are recorded at the bounds. */
export function newHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    useWebAssembly: false,
  });
}

/** Record a time, in whole microseconds between the bounds. */
export function recordUs(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(Math.max(Math.round(us), 1), MAX_US));
}

/**
 * Percentile by nearest rank: the value at rank `ceil(q * n)` (Hyndman and Fan 1996, definition 1).
 * The library rounds `q * n` to the nearest rank instead, so it is asked for the middle of the rank we want.
 * @param q in (0, 1]
 * @returns microseconds; 0 where the histogram is empty
 */
export function percentileUs(histogram: Histogram, q: number): number {
  const count = histogram.totalCount;
  if (count === 0) return 0;
  // 1e-9: 0.99 * 100 is 99.00000000000001 in floating point, and must stay rank 99.
  const rank = Math.max(1, Math.ceil(q * count - 1e-9 * count));
  return histogram.getValueAtPercentile((100 * (rank - 0.25)) / count);
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
