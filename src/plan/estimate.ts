import type { Cell } from '../model/cell.js';
import type { Scenario } from '../model/scenario.js';

/** Mock and gateway until healthy: from 0.3 s (nginx) to 20 s (LiteLLM). */
const START_S = 6;
const STOP_S = 1;

/** Seconds that a cell takes, from preflight to the end of its cool-down. */
export function cellSeconds({ load }: Scenario): number {
  const { idleS, warmupS, durationS, recoveryS, cooldownS } = load;
  return START_S + idleS + warmupS + durationS + recoveryS + STOP_S + cooldownS;
}

/** Seconds that these cells take. */
export function runSeconds(scenario: Scenario, cells: readonly Cell[]): number {
  return cells.length * cellSeconds(scenario);
}
