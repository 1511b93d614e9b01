import { median } from '../median.js';
import { type Interval, LEVEL } from './interval.js';
import { percentileRanks } from './percentile-bounds.js';

/** Of differences, one for each pair. */
export interface MedianInterval extends Interval {
  /** Pairs. */
  n: number;
}

/**
 * The median of paired differences with the interval of the sign test, between two of the sorted differences: it covers with
 * at least `level`, whatever their distribution, as long as they are independent (Hahn and Meeker 1991, 5.2).
 * @returns null for so few pairs that no interval is sure enough: 6 are needed for 95 %
 */
export function medianInterval(differences: readonly number[], level = LEVEL): MedianInterval | null {
  const ranks = differences.length === 0 ? null : percentileRanks(differences.length, 0.5, level);
  const estimate = median(differences);
  if (ranks === null || estimate === null) return null;
  const sorted = differences.toSorted((a, b) => a - b);
  const [low, high] = [sorted[ranks.lower - 1], sorted[ranks.upper - 1]];
  return low === undefined || high === undefined ? null : { estimate, low, high, n: sorted.length };
}

/** Pairs that an interval of half this width takes, as its width falls with the root of their number. */
export function pairsNeeded({ low, high, n }: MedianInterval, halfWidth: number): number {
  return Math.ceil(n * ((high - low) / 2 / halfWidth) ** 2);
}
