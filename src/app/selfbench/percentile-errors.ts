import { percentileOf } from '../../../common/nearest-rank.js';

/** A percentile as the engine measured it, and of the true delays. */
export interface PercentileError {
  q: number;
  measuredUs: number;
  trueUs: number;
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
    { q: 0.5, measuredUs: measured.p50, trueUs: percentileOf(sorted, 0.5) ?? Number.NaN },
    { q: 0.95, measuredUs: measured.p95, trueUs: percentileOf(sorted, 0.95) ?? Number.NaN },
    { q: 0.99, measuredUs: measured.p99, trueUs: percentileOf(sorted, 0.99) ?? Number.NaN },
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
