import { type DerivedCell, deriveRun } from '../../src/analysis/derive-run.js';
import { type GatewaySummary, summarise } from '../../src/analysis/summary.js';
import type { Run } from '../../src/model/run.js';
import type { Until } from '../../src/model/until.js';
import { nextRepeat } from '../../src/plan/next-repeat.js';
import { normal } from './noise.js';
import { recordOf, runOf } from './record-builder.js';
import { blocksOf } from './simulation.js';

/** Rates of gateways at one VU level, on a machine that drifts from cell to cell. */
export interface SimulatedRun {
  /** True rates, one a gateway. */
  rates: readonly number[];
  repeats: number;
  /** Standard deviation of one measurement's logarithm, beside the machine's. */
  noise: number;
  machine: { rho: number; machineSpread: number };
}

/**
 * Makes runs with the same plan and other figures, each summarised as a report does it.
 * @param until repeats end, for each gateway, where this is reached
 */
export function simulatedRuns(
  { rates, repeats, noise, machine }: SimulatedRun,
  random: () => number,
  until: Until | null = null,
) {
  const names = rates.map((_, gateway) => `g${gateway + 1}`);
  const records = names.flatMap((gateway) =>
    Array.from({ length: repeats }, (_, index) => recordOf({ gateway, vus: 50, repeat: index + 1 })),
  );
  const plan = runOf(records, { until });
  const cells = deriveRun(records);
  const z = normal(random);
  return (): GatewaySummary[] => {
    const block = blocksOf(rates.length, random, machine);
    const figures = Array.from({ length: repeats }, () => {
      const own = new Array<number>(rates.length).fill(0);
      for (const { gateway, machine: speed } of block()) {
        own[gateway] = (rates[gateway] ?? 0) * Math.exp(speed + noise * z());
      }
      return own;
    });
    // Only the rate is simulated; without the others, there is nothing else to compare.
    const measured = cells.map((cell): DerivedCell => {
      const gateway = names.indexOf(cell.cell.gateway);
      const ratePerSec = figures[cell.cell.repeat - 1]?.[gateway] ?? null;
      return { ...cell, ratePerSec, latencyUs: null, resources: { ...cell.resources, gateway: null } };
    });
    return summarise(plan, until === null ? measured : untilReached(plan, measured));
  };
}

/** What a run would have measured that adds a repeat of each gateway that isn't known. */
function untilReached(plan: Run, all: readonly DerivedCell[]): DerivedCell[] {
  let records = all.filter(({ cell }) => cell.repeat <= 3);
  for (;;) {
    const run = { ...plan, cells: records.map(({ cell }) => cell) };
    const added = new Set(nextRepeat(run, records).cells.map(({ id }) => id));
    if (added.size === 0) return records;
    records = [...records, ...all.filter(({ cell }) => added.has(cell.id))];
  }
}
