import { expectationsOf, faultRules, isTimed } from '../analysis/expectations.js';
import type { CellRecord } from '../model/record.js';
import type { Scenario } from '../model/scenario.js';

/** One second of a cell's load. */
export interface SecondOfWindow {
  /** From the window's start; below 0 in the warm-up. */
  atS: number;
  /** Successes. */
  ratePerSec: number;
  /** Of its successes; null without any. */
  p99Us: number | null;
}

/** Whether the load or the upstream changes within the window by design: then its seconds say what a figure of the whole can't. */
export function changesWithinWindow(scenario: Scenario): boolean {
  return scenario.load.stages !== undefined || expectationsOf(scenario).unsteady !== undefined;
}

/** A cell's seconds, in order; empty where its engine has none. */
export function secondsOfWindow({ seconds, window }: Pick<CellRecord, 'seconds' | 'window'>): SecondOfWindow[] {
  const warmupS = window?.warmupS ?? 0;
  return seconds.map(({ second, ok, p99Us }) => ({ atS: second - warmupS, ratePerSec: ok, p99Us }));
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
