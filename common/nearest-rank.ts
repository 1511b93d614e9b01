/**
 * The rank of a percentile, from 1: `ceil(q * count)` (Hyndman and Fan 1996, definition 1).
 * @param q in (0, 1]
 * @param count at least 1
 */
export function nearestRank(q: number, count: number): number {
  // The subtrahend undoes what floating point adds: 0.07 * 100 is 7.000000000000001, and means rank 7, not 8.
  return Math.max(1, Math.ceil(q * count - 1e-9 * count));
}

/**
 * Percentile of values by nearest rank; null where there are none.
 * @param sorted ascending
 * @param q in (0, 1]
 */
export function percentileOf(sorted: ArrayLike<number>, q: number): number | null {
  return sorted.length === 0 ? null : (sorted[nearestRank(q, sorted.length) - 1] ?? null);
}
