import { mean } from '../mser.js';
import { tCdf, tCritical } from './distributions.js';
import { type Interval, LEVEL } from './interval.js';

/** Of two means: the second less the first. */
export interface DifferenceInterval extends Interval {
  standardError: number;
  /** Degrees of freedom; whole. */
  df: number;
  /** Standard deviation of one value of each side together: with `n` values a side the standard error is `sd / sqrt(n)`. */
  sd: number;
}

/**
 * Welch's interval (1947) for the difference of two means: each side has a spread of its own. The degrees of freedom
 * (Satterthwaite) are rounded down, so it rather covers too much. A side with one value takes the other side's spread, and
 * then both have to have the same.
 * @returns null where neither side has two values, or one has none
 */
export function differenceInterval(
  first: readonly number[],
  second: readonly number[],
  level = LEVEL,
): DifferenceInterval | null {
  if (first.length === 0 || second.length === 0 || first.length + second.length < 3) return null;
  const own = [varianceOf(first), varianceOf(second)] as const;
  const [a, b] = [own[0] ?? own[1] ?? 0, own[1] ?? own[0] ?? 0];
  const [overA, overB] = [a / first.length, b / second.length];
  const estimate = mean(second) - mean(first);
  const standardError = Math.sqrt(overA + overB);
  const df =
    own[0] === null || own[1] === null
      ? first.length + second.length - 2
      : satterthwaite(overA, first.length - 1, overB, second.length - 1);
  return bounded(estimate, standardError, df, Math.sqrt(a + b), level);
}

/** With n - 1; null for fewer than two values. */
function varianceOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

function satterthwaite(overA: number, dfA: number, overB: number, dfB: number): number {
  const total = overA + overB;
  if (total === 0) return dfA + dfB;
  const df = total ** 2 / (overA ** 2 / dfA + overB ** 2 / dfB);
  // Rounding errors must not take a whole degree away.
  return Math.max(Math.min(dfA, dfB), Math.floor(df * (1 + 1e-12)));
}

/**
 * Student's t interval of the mean of differences, one for each pair.
 * @returns null for fewer than two
 */
export function pairedInterval(differences: readonly number[], level = LEVEL): DifferenceInterval | null {
  const variance = varianceOf(differences);
  if (variance === null) return null;
  const sd = Math.sqrt(variance);
  return bounded(mean(differences), sd / Math.sqrt(differences.length), differences.length - 1, sd, level);
}

function bounded(estimate: number, standardError: number, df: number, sd: number, level: number): DifferenceInterval {
  const half = tCritical(level, df) * standardError;
  return { estimate, low: estimate - half, high: estimate + half, standardError, df, sd };
}

/** Of a t test that the true difference is at most `bound`: how rare so large a difference is then. One-sided. */
export function exceedsP({ estimate, standardError, df }: DifferenceInterval, bound: number): number {
  const distance = estimate - bound;
  if (standardError > 0) return 1 - tCdf(distance / standardError, df);
  return distance > 0 ? 0 : 1;
}
