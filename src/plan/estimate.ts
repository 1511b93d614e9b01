import type { Cell } from '../model/cell.js';
import type { Run } from '../model/run.js';

/** Mock and gateway until healthy: from 0.3 s (nginx) to 20 s (LiteLLM). */
const START_S = 6;
const STOP_S = 1;
/** Each 0.9 s of CPU; one before the cell and one after it. */
const CALIBRATION_S = 1;

/** What the time of a run's cells depends on. */
export type TimedRun = Pick<Run, 'scenario' | 'calibration'>;

/** Seconds that a cell takes, from preflight to the end of its cool-down. */
export function cellSeconds({ scenario, calibration }: TimedRun): number {
  const { idleS, warmupS, durationS, recoveryS, cooldownS } = scenario.load;
  const measuredS = START_S + idleS + warmupS + durationS + recoveryS + STOP_S + cooldownS;
  return measuredS + (calibration ? 2 * CALIBRATION_S : 0);
}

/** Seconds from the end of a cell's load to the end of the cell, without its cool-down. */
export function secondsAfterLoad({ scenario, calibration }: TimedRun): number {
  return scenario.load.recoveryS + STOP_S + (calibration ? CALIBRATION_S : 0);
}

/** Seconds that these cells take. */
export function runSeconds(run: TimedRun, cells: readonly Cell[]): number {
  return cells.length * cellSeconds(run);
}
