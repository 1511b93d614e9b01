import type { RateSegment } from './arrival-schedule.js';
import type { LoadArrivals, LoadSpec, LoadStage } from './engine.js';

/** The rates of a load from its first request to its end: the warm-up, then the window, which stages make up if there are any. */
export function rateSegments(
  { warmupS, durationS, stages }: Pick<LoadSpec, 'warmupS' | 'durationS' | 'stages'>,
  { ratePerSec }: Pick<LoadArrivals, 'ratePerSec'>,
): RateSegment[] {
  const window: LoadStage[] = stages?.slice() ?? [{ durationS, from: ratePerSec, to: ratePerSec }];
  const first = window[0]?.from ?? ratePerSec;
  return [{ durationS: warmupS, from: first, to: first }, ...window].map((stage) => ({
    durationS: stage.durationS,
    fromPerSec: stage.from,
    toPerSec: stage.to,
  }));
}

/** The level at a moment of the window: VUs or requests a second; before the window the first stage's, after it the last one's. */
export function levelAt(stages: readonly LoadStage[], windowS: number): number {
  let beganS = 0;
  for (const { durationS, from, to } of stages) {
    if (windowS < beganS + durationS) return from + ((to - from) * Math.max(0, windowS - beganS)) / durationS;
    beganS += durationS;
  }
  return stages.at(-1)?.to ?? 0;
}
