import { cumulativeCounts } from '../../common/histogram.js';
import { nearestRank } from '../../common/nearest-rank.js';
import type { Latency } from '../model/load.js';
import { histogramOf } from './level-intervals.js';

/**
 * Many percentiles of one histogram, by nearest rank, in one pass.
 * @param percentiles ascending, 0 to 100; 0 is the smallest value
 * @returns microseconds, one for each percentile; null without a histogram
 */
export function latencyCurve(latency: Latency | null, percentiles: readonly number[]): number[] | null {
  const histogram = histogramOf(latency);
  if (histogram === null || histogram.totalCount === 0) return null;
  const { valuesUs, upTo } = cumulativeCounts(histogram);
  let at = 0;
  return percentiles.map((percentile) => {
    const rank = nearestRank(percentile / 100, histogram.totalCount);
    while (at < upTo.length - 1 && (upTo[at] ?? 0) < rank) at++;
    return valuesUs[at] ?? 0;
  });
}
