import { cumulativeCounts, decodeHistogram, newHistogram, percentileUs } from '../../../common/histogram.js';

/**
 * A percentile that a stall can't hide from. In a closed loop a gateway that stops for a second is asked nothing meanwhile, but for the one
 * request of each VU that waits: at 50 VUs that is less than 1 % of a window, and p99 doesn't see it. Had a VU gone on as it usually does, it would
 * have sent one every `intervalUs`, and each would have waited for what was left of the stall. So a latency `x` adds `x - i`, `x - 2i` and
 * so on down to `i` (Tene's correction of coordinated omission, HdrHistogram's `recordValueWithExpectedInterval`).
 *
 * It is no estimate of an open loop's latency, only a guard: where nothing stalls it is little more than the percentile itself.
 * @param histogram encoded
 * @param q in (0, 1]
 * @param intervalUs between two requests of a VU, usually: the median latency
 */
export function percentileWithStallsUs(histogram: string, q: number, intervalUs: number): number {
  const measured = decodeHistogram(histogram);
  const filled = newHistogram();
  const { valuesUs, upTo } = cumulativeCounts(measured);
  let before = 0;
  for (const [at, valueUs] of valuesUs.entries()) {
    const count = (upTo[at] ?? 0) - before;
    before += count;
    for (let due = valueUs; due >= Math.max(1, intervalUs) || due === valueUs; due -= Math.max(1, intervalUs)) {
      filled.recordValueWithCount(Math.max(1, Math.round(due)), count);
    }
  }
  return percentileUs(filled, q);
}
