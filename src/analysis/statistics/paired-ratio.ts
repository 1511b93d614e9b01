import { mean } from '../mser.js';
import { tCritical } from './distributions.js';
import { geometricInterval, type Interval, LEVEL, type MeanInterval } from './interval.js';

/** Two figures of one block: what the machine did to one in those minutes it did to the other. */
export interface Pair {
  numerator: number;
  denominator: number;
}

/**
 * Ratio of two positive figures, from pairs within a block: t on the logarithms of the ratios. Whatever multiplies both
 * figures of a block cancels.
 * @returns null for fewer than two pairs, or a figure that isn't above 0
 */
export function ratioInterval(pairs: readonly Pair[], level = LEVEL): MeanInterval | null {
  return geometricInterval(
    pairs.map(({ numerator, denominator }) => (denominator > 0 ? numerator / denominator : 0)),
    level,
  );
}

/** Fieller's interval. Unbounded: the denominator may be 0, and so the ratio may be anything. */
export type FiellerInterval = ({ kind: 'bounded' } & Interval) | { kind: 'unbounded'; estimate: number };

/**
 * Fieller's interval (1954) for the ratio of the means of two figures that may be negative, from pairs: every ratio `r`
 * for which a t test doesn't reject `mean(numerator - r * denominator) = 0`. Exact for normal values.
 * @returns null for fewer than two pairs
 */
export function fiellerInterval(pairs: readonly Pair[], level = LEVEL): FiellerInterval | null {
  const n = pairs.length;
  if (n < 2) return null;
  const over = mean(pairs.map(({ numerator }) => numerator));
  const under = mean(pairs.map(({ denominator }) => denominator));
  // Variances and covariance of the two means, times t squared.
  const scale = tCritical(level, n - 1) ** 2 / (n * (n - 1));
  let overSquares = 0;
  let underSquares = 0;
  let products = 0;
  for (const { numerator, denominator } of pairs) {
    overSquares += (numerator - over) ** 2;
    underSquares += (denominator - under) ** 2;
    products += (numerator - over) * (denominator - under);
  }
  // The ratios wanted are those with a r^2 - 2 b r + c <= 0.
  const a = under ** 2 - scale * underSquares;
  const b = over * under - scale * products;
  const c = over ** 2 - scale * overSquares;
  const estimate = over / under;
  if (!(a > 0)) return { kind: 'unbounded', estimate };
  const root = Math.sqrt(Math.max(0, b ** 2 - a * c));
  return { kind: 'bounded', estimate, low: (b - root) / a, high: (b + root) / a };
}
