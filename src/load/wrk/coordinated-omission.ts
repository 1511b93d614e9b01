/** Counts by microsecond. */
export type Counts = Map<number, number>;

/**
 * Take wrk's "correction" out of its histogram. wrk assumes that a connection meant to send once in every interval,
 * its run time over the requests of a connection, and invents the answers that a slow one kept it from asking for
 * (`stats_correct` in its stats.c): a value `n` of at least twice the interval adds its count at `n - i`, `n - 2i` and so
 * on, down to but not including the interval. In a closed loop nothing was meant to be sent in that time.
 *
 *     corrected[m] = measured[m] + sum over k >= 1 of measured[m + k i],   m > i
 *
 * The largest values got nothing added, so going down from them the measured counts come back exactly.
 * @param intervalUs 0 where wrk did not correct
 */
export function withoutCorrection(corrected: Counts, intervalUs: number): Counts {
  const measured: Counts = new Map(corrected);
  if (intervalUs <= 0) return measured;
  for (const value of [...corrected.keys()].sort((a, b) => b - a)) {
    if (value < 2 * intervalUs) break;
    const count = measured.get(value) ?? 0;
    if (count === 0) continue;
    for (let invented = value - intervalUs; invented > intervalUs; invented -= intervalUs) {
      measured.set(invented, (measured.get(invented) ?? 0) - count);
    }
  }
  for (const [value, count] of measured) if (count === 0) measured.delete(value);
  return measured;
}

/** The interval that wrk corrects by, in its own whole-number arithmetic; 0 where it leaves the histogram alone. */
export function correctionIntervalUs(durationUs: number, requests: number, connections: number): number {
  const perConnection = Math.floor(requests / connections);
  return perConnection === 0 ? 0 : Math.floor(durationUs / perConnection);
}
