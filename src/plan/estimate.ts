import type { Cell } from '../model/cell.js';
import type { Scenario } from '../model/scenario.js';

/** Seconds of a cell around its warm-up and window. */
export const CELL_OVERHEAD_S = {
  /** Mock and gateway until ready: between 0.3 s (nginx) and 20 s (LiteLLM). */
  start: 6,
  /** Idle samples before the load. */
  idle: 2,
  /** Samples after the load, before the stop. */
  after: 5,
  stop: 1,
} as const;

/** Seconds that a cell takes from settling to the end of its cool-down. */
export function cellSeconds(scenario: Scenario): number {
  const { warmupS, durationS, cooldownS } = scenario.load;
  const { start, idle, after, stop } = CELL_OVERHEAD_S;
  return start + idle + warmupS + durationS + after + stop + cooldownS;
}

/** Seconds for the cells that have to be measured; those that can't run take none. */
export function runSeconds(scenario: Scenario, cells: readonly Cell[]): number {
  return cells.length * cellSeconds(scenario);
}
