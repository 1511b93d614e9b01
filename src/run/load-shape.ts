import { pacingOf } from '../analysis/upstream-answer.js';
import type { LoadSpec, LoadStage } from '../load/engine.js';
import { DEFAULT_MAX_IN_FLIGHT } from '../model/bounds.js';
import type { Cell } from '../model/cell.js';
import { cellLevel, stageLevel } from '../model/load-level.js';
import { type ReplayedRequest, recordedRatePerSec } from '../model/replay.js';
import type { Scenario } from '../model/scenario.js';

/**
 * What a cell asks of its load engine: VUs or arrivals, and their stages.
 * @param seed of the run. Each repeat has arrivals of its own, the same for every gateway
 * @param replayed requests of the scenario's file, whose times recorded arrivals have
 */
export function loadShape(
  { load }: Pick<Scenario, 'load'>,
  cell: Pick<Cell, 'vus' | 'ratePerSec' | 'repeat'>,
  seed: number,
  replayed: readonly ReplayedRequest[] = [],
): Pick<LoadSpec, 'vus' | 'arrivals' | 'stages'> {
  const stages = load.stages === undefined ? undefined : loadStages(load.stages);
  const vus = cell.vus ?? 0;
  const level = cellLevel(cell);
  if (load.model === 'closed') return { vus, ...(stages === undefined ? {} : { stages }) };
  return {
    vus,
    arrivals: {
      ratePerSec: stages === undefined ? level : meanLevel(stages),
      distribution: load.arrivals ?? 'constant',
      ...(load.arrivals === 'recorded' ? { recordedS: recordedTimes(replayed, level) } : {}),
      seed: (seed + cell.repeat) % 2 ** 31,
      maxInFlight: load.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
    },
    ...(stages === undefined ? {} : { stages }),
  };
}

/** Squeezed or stretched to a mean rate, in seconds since the first one. */
function recordedTimes(replayed: readonly ReplayedRequest[], ratePerSec: number): number[] {
  const speed = ratePerSec / (recordedRatePerSec(replayed) ?? ratePerSec);
  return replayed.map(({ atMs = 0 }) => atMs / 1000 / speed);
}

/**
 * Over how long VUs come in where an answer takes longer than the second that is usual: VUs that begin in a part of that time
 * would end in bursts, and the rate would go up and down with them.
 */
export function spreadOf(scenario: Pick<Scenario, 'upstream' | 'request'>): { spreadS?: number } {
  const { frames, paceUs } = pacingOf(scenario);
  if (!scenario.request.stream || frames === null || paceUs === 0) return {};
  return { spreadS: Math.max(1, (frames * paceUs) / 1e6) };
}

function loadStages(stages: NonNullable<Scenario['load']['stages']>): LoadStage[] {
  return stages.map((stage, at) => {
    const to = stageLevel(stage);
    const before = stages[at - 1];
    return { durationS: stage.durationS, from: stage.ramp && before !== undefined ? stageLevel(before) : to, to };
  });
}

function meanLevel(stages: readonly LoadStage[]): number {
  const area = stages.reduce((sum, { durationS, from, to }) => sum + ((from + to) / 2) * durationS, 0);
  return area / stages.reduce((sum, { durationS }) => sum + durationS, 0);
}
