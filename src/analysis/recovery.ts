import type { SecondOfLoad, StageOfLoad } from '../model/load.js';
import type { CellRecord } from '../model/record.js';
import { median } from './median.js';
import { THRESHOLDS } from './thresholds.js';

/** What came after a spike. Seconds are those of the window. */
export interface Recovery {
  /** Index of the stage after the spike. */
  stage: number;
  /** When the spike was over. */
  fromS: number;
  /** Of the stage before the spike. */
  beforeP99Us: number;
  /** Seconds until p99 was back; null where it wasn't while the level stayed the same. */
  recoveryS: number | null;
  /** Seconds in which it could have been. */
  watchedS: number;
}

/**
 * How long each spike's end took: from its end to the first second whose p99 is at most 10 % above what it was
 * before, and the median of it and the two after it too: one second has few requests, and may be good or bad by chance.
 * A spike is stages above the level before them, and back at that level or below it after them.
 */
export function recoveries({
  stages = [],
  seconds,
  window,
}: Pick<CellRecord, 'stages' | 'seconds' | 'window'>): Recovery[] {
  const warmupS = window?.warmupS ?? 0;
  const inWindow = seconds.filter(({ phase }) => phase === 'window');
  return spikesOf(stages).flatMap(({ before, after }) => {
    const [base, calm] = [stages[before], stages[after]];
    const beforeP99Us = base?.latencyUs?.p99 ?? null;
    if (calm === undefined || beforeP99Us === null) return [];
    const endS = calm.atS + calm.durationS;
    const own = inWindow.filter(({ second }) => second - warmupS >= calm.atS && second - warmupS < endS);
    return [
      {
        stage: after,
        fromS: calm.atS,
        beforeP99Us,
        recoveryS: secondsUntilBack(own, beforeP99Us),
        watchedS: calm.durationS,
      },
    ];
  });
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

/** Seconds without a success have no p99, and are not back. */
function secondsUntilBack(seconds: readonly SecondOfLoad[], beforeP99Us: number): number | null {
  const { withinShare, seconds: together } = THRESHOLDS.recovery;
  const p99s = seconds.map(({ p99Us }) => p99Us ?? Number.POSITIVE_INFINITY);
  for (let at = 0; at + together <= p99s.length; at += 1) {
    const middleUs = median(p99s.slice(at, at + together)) ?? Number.POSITIVE_INFINITY;
    if (Math.max(p99s[at] ?? 0, middleUs) <= beforeP99Us * (1 + withinShare)) return at;
  }
  return null;
}
