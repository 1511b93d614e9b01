import type { SecondOfLoad, StageOfLoad } from '../model/load.js';
import type { CellRecord } from '../model/record.js';
import { median } from './median.js';
import { THRESHOLDS } from './thresholds.js';
import { timedSeconds } from './timed-seconds.js';

/** What came after a spike. Seconds are those of the window. */
export interface Recovery {
  /** Index of the stage after the spike. */
  stage: number;
  /** When the spike was over. */
  fromS: number;
  /** Of the stage before the spike. */
  beforeP99Us: number;
  /** Why the stage before the spike is none that a gateway could be back at; null where it is one. */
  unfit: 'behind' | 'failing' | null;
  /** Seconds until p99 was back; null where it wasn't while the level stayed the same, or {@link unfit} says why. */
  recoveryS: number | null;
  /** Seconds in which it could have been. */
  watchedS: number;
}

/**
 * How long each spike's end took: from its end to the first second whose p99 is at most 10 % above what it was
 * before, and the median of it and the two after it too: one second has few requests, and may be good or bad by chance.
 * A spike is stages above the level before them, and back at that level or below it after them. A gateway that was overloaded
 * before it, or failed requests, has nothing to be back at.
 */
export function recoveries({
  stages = [],
  seconds,
  window,
  arrivals,
}: Pick<CellRecord, 'stages' | 'seconds' | 'window' | 'arrivals'>): Recovery[] {
  const inWindow = timedSeconds({ seconds, window }).filter(({ phase }) => phase === 'window');
  return spikesOf(stages).flatMap(({ before, after }) => {
    const [base, calm] = [stages[before], stages[after]];
    const beforeP99Us = base?.latencyUs?.p99 ?? null;
    if (base === undefined || calm === undefined || beforeP99Us === null) return [];
    const unfit = unfitness(base, arrivals !== undefined);
    const endS = calm.atS + calm.durationS;
    const own = inWindow.filter(({ atS }) => atS >= calm.atS && atS < endS);
    return [
      {
        stage: after,
        fromS: calm.atS,
        beforeP99Us,
        unfit,
        recoveryS: unfit === null ? secondsUntilBack(own, beforeP99Us) : null,
        watchedS: calm.durationS,
      },
    ];
  });
}

/** In a closed loop VUs wait, and nobody can be behind. */
function unfitness({ durationS, from, to, ok, failed }: StageOfLoad, isOpen: boolean): Recovery['unfit'] {
  const { failedShare, endedShare } = THRESHOLDS.recovery;
  if (failed > failedShare * (ok + failed)) return 'failing';
  const due = ((from + to) / 2) * durationS;
  return isOpen && ok + failed < endedShare * due ? 'behind' : null;
}

/** Of each spike, the stage before it and the one after. */
function spikesOf(stages: readonly StageOfLoad[]): { before: number; after: number }[] {
  const spikes: { before: number; after: number }[] = [];
  for (let before = 0; before < stages.length; before += 1) {
    const base = stages[before]?.to ?? 0;
    let at = before + 1;
    while (at < stages.length && !isCalm(stages[at], base)) at += 1;
    if (at === before + 1 || at === stages.length) continue;
    spikes.push({ before, after: at });
    before = at - 1;
  }
  return spikes;
}

/** A stage that is never above this level. */
function isCalm(stage: StageOfLoad | undefined, level: number): boolean {
  return stage !== undefined && Math.max(stage.from, stage.to) <= level;
}

/** Seconds without a success have no p99, and those with failures are not back either. */
function secondsUntilBack(seconds: readonly SecondOfLoad[], beforeP99Us: number): number | null {
  const { withinShare, seconds: together, failedShare } = THRESHOLDS.recovery;
  const p99s = seconds.map(({ p99Us, ok, failed }) =>
    p99Us === null || failed > failedShare * (ok + failed) ? Number.POSITIVE_INFINITY : p99Us,
  );
  for (let at = 0; at + together <= p99s.length; at += 1) {
    const middleUs = median(p99s.slice(at, at + together)) ?? Number.POSITIVE_INFINITY;
    if (Math.max(p99s[at] ?? 0, middleUs) <= beforeP99Us * (1 + withinShare)) return at;
  }
  return null;
}
