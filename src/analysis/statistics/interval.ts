import { mean } from '../mser.js';
import { tCritical } from './distributions.js';

/** An estimate with its confidence interval. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** A mean with what its interval came from. */
export interface MeanInterval extends Interval {
  /** Values. */
  n: number;
  /** Standard deviation of the values, with n - 1. */
  sd: number;
  /** Degrees of freedom. */
  df: number;
}

/** The level of every interval that isn't said to have another. */
export const LEVEL = 0.95;

/**
 * Student's t interval of a mean, `mean +- t(n-1) * s / sqrt(n)`: exact for independent normal values.
 * @returns null for fewer than two values, which have no spread
 */
export function meanInterval(values: readonly number[], level = LEVEL): MeanInterval | null {
  const n = values.length;
  if (n < 2) return null;
  const estimate = mean(values);
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1));
  const half = (tCritical(level, n - 1) * sd) / Math.sqrt(n);
  return { estimate, low: estimate - half, high: estimate + half, n, sd, df: n - 1 };
}

/**
 * Student's t interval on logarithms, taken back: of the geometric mean, exact for lognormal values. `sd` is that of the
 * logarithms, about the coefficient of variation.
 * @param values all above 0
 * @returns null for fewer than two values, or one that has no logarithm
 */
export function geometricInterval(values: readonly number[], level = LEVEL): MeanInterval | null {
  if (!values.every((value) => value > 0)) return null;
  return takenBack(
    meanInterval(
      values.map((value) => Math.log(value)),
      level,
    ),
  );
}

/** From logarithms to what they are of. */
export function takenBack<T extends Interval>(interval: T | null): T | null {
  if (interval === null) return null;
  const { estimate, low, high } = interval;
  return { ...interval, estimate: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high) };
}
