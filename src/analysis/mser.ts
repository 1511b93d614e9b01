import { THRESHOLDS } from './thresholds.js';

/** Where a series becomes steady, in points of the series. */
export interface Truncation {
  /** Points to leave out until the rest looks stationary. */
  point: number;
  /** Points looked at: whole batches only. */
  points: number;
  steady: boolean;
}

/**
 * MSER-5 (White 1997; White, Cobb and Spratt 2000): batch means of five, then the truncation `d` with the least
 * `sum((z_i - mean)^2) / (n - d)^2`, the squared standard error of what is left. A point past the half says that the
 * series never became steady.
 * @returns null where the series has too few batches to tell
 */
export function mser5(series: readonly number[]): Truncation | null {
  const { batchSize, untouchedBatches, minBatches } = THRESHOLDS.mser;
  const batches = batchMeans(series, batchSize);
  if (batches.length < minBatches) return null;
  let best = { batch: 0, statistic: Number.POSITIVE_INFINITY };
  for (let batch = 0; batch <= batches.length - untouchedBatches; batch++) {
    const statistic = squaredStandardError(batches.slice(batch));
    if (statistic < best.statistic) best = { batch, statistic };
  }
  return {
    point: best.batch * batchSize,
    points: batches.length * batchSize,
    steady: best.batch <= batches.length / 2,
  };
}

function batchMeans(series: readonly number[], size: number): number[] {
  const count = Math.floor(series.length / size);
  return Array.from({ length: count }, (_, i) => mean(series.slice(i * size, (i + 1) * size)));
}

function squaredStandardError(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length ** 2;
}

/** Arithmetic mean; NaN where there is nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
