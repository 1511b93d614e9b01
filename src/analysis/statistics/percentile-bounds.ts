import type { CumulativeCounts } from '../../../common/histogram.js';
import { nearestRank } from '../../../common/nearest-rank.js';
import { THRESHOLDS } from '../thresholds.js';
import { binomialCdf, normalQuantile, tCritical } from './distributions.js';
import { LEVEL } from './interval.js';

/**
 * Ranks whose values bound a percentile of `n` independent values, whatever their distribution (Hahn and Meeker 1991,
 * 5.2): `B(upper - 1; n, q) - B(lower - 1; n, q) >= level`.
 * @returns null where so few values can't bound it on both sides
 */
export function percentileRanks(n: number, q: number, level = LEVEL): { lower: number; upper: number } | null {
  const tail = (1 - level) / 2;
  const lower = firstWhere(n + 1, (rank) => binomialCdf(rank, n, q) > tail);
  const upper = firstWhere(n + 1, (rank) => binomialCdf(rank - 1, n, q) >= 1 - tail);
  return lower < 1 || upper > n ? null : { lower, upper };
}

/** The first whole number up to `end` for which a condition holds that holds for all after it too. */
function firstWhere(end: number, holds: (value: number) => boolean): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A percentile of one second, and of how many values. */
export interface SecondPercentile {
  count: number;
  valueUs: number;
}

export interface PercentileBounds {
  lowUs: number;
  highUs: number;
  /** Independent values that would tell as much as these correlated ones. */
  effectiveSamples: number;
}

/**
 * Bounds of a percentile within one run: Hahn and Meeker's, for as many values as the run's are worth. Requests that
 * wait in one queue are late together, so they are worth fewer than there are.
 *
 * How many fewer is told by batch means (Schmeiser 1982): each second's percentile is placed in the distribution of the
 * whole window, `F(x)`, whose deviation from q is what the second had too few or too many values below the percentile
 * (Bahadur 1966). The variance of the batches' means over that of independent values, `q (1 - q) / n`, divides n; and as
 * it is known from some batches only, n counts `(z / t)^2` fold.
 *
 * It knows nothing of what differs from run to run: a lower bound of the uncertainty.
 * @param whole the window's values
 * @param seconds of the window, in order
 * @returns null where the seconds are too few, or hold too few values beyond the percentile
 */
export function percentileBounds(
  whole: CumulativeCounts,
  q: number,
  seconds: readonly SecondPercentile[],
  level = LEVEL,
): PercentileBounds | null {
  const total = whole.upTo.at(-1) ?? 0;
  const variance = shareVariance(whole, q, seconds);
  if (variance === null) return null;
  const designEffect = Math.max(1, (variance * total) / (q * (1 - q)));
  const critical = normalQuantile((1 + level) / 2) / tCritical(level, THRESHOLDS.withinRun.batches - 1);
  const effectiveSamples = Math.floor((total / designEffect) * critical ** 2);
  const ranks = percentileRanks(effectiveSamples, q, level);
  if (ranks === null) return null;
  return {
    lowUs: valueAt(whole, nearestRank(ranks.lower / effectiveSamples, total)),
    highUs: valueAt(whole, nearestRank(ranks.upper / effectiveSamples, total)),
    effectiveSamples,
  };
}

/** Variance of the share of values below the percentile, from what that was in each batch of seconds. */
function shareVariance(whole: CumulativeCounts, q: number, seconds: readonly SecondPercentile[]): number | null {
  const { batches, minBeyond } = THRESHOLDS.withinRun;
  if (seconds.length < batches) return null;
  if (seconds.some(({ count }) => count * Math.min(q, 1 - q) < minBeyond)) return null;
  const total = whole.upTo.at(-1) ?? 0;
  const all = seconds.map(({ count, valueUs }) => ({ count, share: countUpTo(whole, valueUs) / total }));
  const requests = all.reduce((sum, { count }) => sum + count, 0);
  const centre = weightedMean(all);
  let squares = 0;
  for (let batch = 0; batch < batches; batch++) {
    const from = Math.floor((batch * all.length) / batches);
    const own = all.slice(from, Math.floor(((batch + 1) * all.length) / batches));
    const weight = own.reduce((sum, { count }) => sum + count, 0) / requests;
    squares += (weight * (weightedMean(own) - centre)) ** 2;
  }
  return (squares * batches) / (batches - 1);
}

function weightedMean(parts: readonly { count: number; share: number }[]): number {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return parts.reduce((sum, part) => sum + part.count * part.share, 0) / count;
}

/** Values that are at most so large. */
function countUpTo({ valuesUs, upTo }: CumulativeCounts, valueUs: number): number {
  const at = firstWhere(valuesUs.length, (index) => (valuesUs[index] ?? 0) >= valueUs);
  return upTo[Math.min(at, upTo.length - 1)] ?? 0;
}

function valueAt({ valuesUs, upTo }: CumulativeCounts, rank: number): number {
  return valuesUs[firstWhere(upTo.length - 1, (index) => (upTo[index] ?? 0) >= rank)] ?? 0;
}
