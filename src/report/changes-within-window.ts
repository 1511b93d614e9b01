import { expectationsOf, faultRules, isTimed } from '../analysis/expectations.js';
import type { CellRecord } from '../model/record.js';
import type { Scenario } from '../model/scenario.js';

/** Whether the load or the upstream changes within the window by design: then its seconds say what a figure of the whole can't. */
export function changesWithinWindow(scenario: Scenario): boolean {
  return scenario.load.stages !== undefined || expectationsOf(scenario).unsteady !== undefined;
}

/** When the upstream fails by design, as far as that begins or ends within the window, in seconds from its start. */
export function faultsWithinWindow({ upstream, load }: Scenario): { title: string; from: number; to: number }[] {
  return faultRules(upstream.faults ?? [])
    .filter(isTimed)
    .map(({ fromMs, untilMs }) => ({
      title: 'upstream fails',
      from: fromMs / 1000,
      to: Math.min(load.durationS, untilMs / 1000),
    }));
}

/** Requests a second that were due, from the window's start on, as corners of a line; null for a closed loop and without stages. */
export function plannedRates({ load }: Scenario, records: readonly CellRecord[]): { x: number; y: number }[] | null {
  if (load.model !== 'open') return null;
  const stages = records.find((record) => record.stages !== undefined)?.stages;
  return (
    stages?.flatMap(({ atS, durationS, from, to }) => [
      { x: atS, y: from },
      // A jump to the next stage's level stays one where lines are drawn over places that are each there once.
      { x: atS + durationS - 0.001, y: to },
    ]) ?? null
  );
}
