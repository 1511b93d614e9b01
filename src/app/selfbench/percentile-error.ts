import { percentileOf } from '../../../common/nearest-rank.js';

/** A percentile as the engine measured it, and as the delays truly were. */
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
