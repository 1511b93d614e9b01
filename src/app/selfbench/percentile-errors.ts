/** A percentile as the engine measured it, and of the true delays. */
export interface PercentileError {
  q: number;
  measuredUs: number;
  trueUs: number;
}

/**
 * Percentile by nearest rank: the value at rank `ceil(q * n)` (Hyndman and Fan 1996, definition 1), as the engines report it.
 * @param sorted ascending, not empty
 */
export function nearestRank(sorted: ArrayLike<number>, q: number): number {
  // 1e-9: 0.99 * 100 is 99.00000000000001 in floating point, and must stay rank 99.
  const rank = Math.max(1, Math.ceil(q * sorted.length - 1e-9 * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/**
 * Errors of measured percentiles; empty where nothing was measured or recorded.
 * @param trueUs every true delay, in any order
 */
export function percentileErrors(
  measured: { p50: number; p95: number; p99: number } | null,
  trueUs: Float64Array,
): PercentileError[] {
  if (measured === null || trueUs.length === 0) return [];
  const sorted = trueUs.slice().sort();
  return [
    { q: 0.5, measuredUs: measured.p50, trueUs: nearestRank(sorted, 0.5) },
    { q: 0.95, measuredUs: measured.p95, trueUs: nearestRank(sorted, 0.95) },
    { q: 0.99, measuredUs: measured.p99, trueUs: nearestRank(sorted, 0.99) },
  ];
}

/** Measured less true, in microseconds. */
export function errorUs({ measuredUs, trueUs }: PercentileError): number {
  return measuredUs - trueUs;
}

/** A stretch of time by the clock of `process.hrtime`, in microseconds. */
export interface Stretch {
  fromUs: number;
  toUs: number;
}

/**
 * The delays of responses that the mock sent within a stretch. A line of its record has the time at which the request was
 * complete, the delay drawn and the actual delay, in microseconds. A request counts by the time of its response, as it
 * does for the engines; requests still in flight at the end are mostly the slow ones.
 */
export function delaysWithin(csv: string, { fromUs, toUs }: Stretch): Float64Array {
  const delays: number[] = [];
  for (const line of csv.split('\n')) {
    const [completeUs, , delayUs] = line.split(',').map(Number);
    if (completeUs === undefined || delayUs === undefined || Number.isNaN(completeUs + delayUs)) continue;
    const respondedUs = completeUs + delayUs;
    if (respondedUs >= fromUs && respondedUs < toUs) delays.push(delayUs);
  }
  return Float64Array.from(delays);
}
