import { percentileOf } from '../../../common/nearest-rank.js';
import type { SecondOfLoad, StageOfLoad } from '../../model/load.js';
import { StageSeries } from '../stage-series.js';
import type { StagedWindow, VuAccount } from './log.js';

/**
 * A window's seconds, and the stages that they make up, from when each response ended. Percentiles of a second are by nearest rank.
 * @param windowS a response that ended later is none of the window's, and not in `vus`
 */
export function k6Stages(
  vus: readonly VuAccount[],
  { stages, warmupS }: StagedWindow,
  windowS: number,
): { seconds: SecondOfLoad[]; stages: StageOfLoad[] } {
  const length = Math.ceil(windowS);
  const latenciesUs = Array.from({ length }, (): number[] => []);
  const failed = new Array<number>(length).fill(0);
  for (const { latenciesUs: own } of vus) {
    for (const [at, endUs] of own.okEnd.entries()) latenciesUs[Math.floor(endUs / 1e6)]?.push(own.ok[at] ?? 0);
    for (const endUs of own.failedEnd) failed[Math.floor(endUs / 1e6)] = (failed[Math.floor(endUs / 1e6)] ?? 0) + 1;
  }
  const series = new StageSeries(stages, warmupS);
  const seconds = latenciesUs.map((unsorted, at): SecondOfLoad => {
    const sorted = Uint32Array.from(unsorted).sort();
    const second: SecondOfLoad = {
      second: warmupS + at,
      phase: 'window',
      ok: sorted.length,
      failed: failed[at] ?? 0,
      p50Us: percentileOf(sorted, 0.5),
      p99Us: percentileOf(sorted, 0.99),
    };
    series.add(second, sorted);
    return second;
  });
  return { seconds, stages: series.all() };
}
