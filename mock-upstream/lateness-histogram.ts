import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

const MAX_US = 120_000_000;
/** 3 digits: a step of 1 us up to 2 ms, where lateness matters. */
const SIGNIFICANT_DIGITS = 3;

/** Lateness in microseconds. */
export interface LatenessSummary {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
  /** HdrHistogram V2, compressed, base64. */
  histogram: string;
}

export function newLatenessHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    useWebAssembly: false,
  });
}

export function recordLateness(histogram: Histogram, latenessMs: number): void {
  histogram.recordValue(Math.min(Math.max(Math.round(latenessMs * 1000), 0), MAX_US));
}

export function encodeLateness(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** Add up histograms, each encoded, and read the sum. */
export function summariseLateness(encoded: readonly string[]): LatenessSummary {
  const sum = newLatenessHistogram();
  for (const one of encoded) sum.add(decodeFromCompressedBase64(one, 32, false));
  return {
    count: sum.totalCount,
    p50: nearestRank(sum, 0.5),
    p90: nearestRank(sum, 0.9),
    p99: nearestRank(sum, 0.99),
    max: sum.totalCount === 0 ? 0 : sum.maxValue,
    histogram: encodeLateness(sum),
  };
}

/**
 * The value at rank `ceil(q * n)` (Hyndman and Fan 1996, definition 1). The library rounds the rank that a percentile
 * falls on, so it is asked for a point just below the rank that is wanted.
 */
function nearestRank(histogram: Histogram, q: number): number {
  const count = histogram.totalCount;
  if (count === 0) return 0;
  // The subtrahend undoes what floating point adds: 0.07 * 100 is 7.000000000000001, and rank 7, not 8.
  const rank = Math.max(1, Math.ceil(q * count - 1e-9 * count));
  return histogram.getValueAtPercentile((100 * (rank - 0.25)) / count);
}

export type { Histogram };
