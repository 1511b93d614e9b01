import { deriveRun } from '../analysis/derive-run.js';
import { summarise } from '../analysis/summary.js';
import { canBeReached, type TargetState, targetStates } from '../analysis/until-known.js';
import type { Cell } from '../model/cell.js';
import { cellLevel, loadLevels } from '../model/load-level.js';
import type { CellRecord } from '../model/record.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { Run } from '../model/run.js';
import { expandCells } from './expand.js';

/** What is measured next in a run that goes on until its figures are known. */
export interface NextRepeat {
  /** Whole blocks in random order; none where all is known, or may not be repeated any more. */
  cells: Cell[];
  /** Targets that aren't reached. */
  open: TargetState[];
}

/**
 * How many repeats it will take, the one about to be measured included, as far as can be told: of the gateway that needs
 * most, and no more than are allowed.
 */
export function expectedRepeats({ until }: Run, open: readonly TargetState[], next: readonly Cell[]): number {
  const left = (until?.maxRepeats ?? 0) - Math.max(0, ...next.map(({ repeat }) => repeat)) + 1;
  return Math.min(left, Math.max(1, ...open.map(({ expectedMore }) => expectedMore ?? 1)));
}

/**
 * Another repeat of what isn't known yet: one block for each VU level, of the gateways that have a target open there. Direct
 * goes along, so that there is an overhead in each repeat. The order is the one that the seed gives to a block of all gateways,
 * with those left out that are known: as random as the whole.
 * @param records of all cells that were measured
 */
export function nextRepeat(run: Run, records: readonly CellRecord[]): NextRepeat {
  const { until } = run;
  if (until === null) return { cells: [], open: [] };
  const planned = run.cells.filter(({ profiler }) => profiler === null);
  const measured = deriveRun(records).filter(({ cell }) => cell.profiler === null);
  const summaries = summarise({ ...run, cells: planned }, measured);
  const open = targetStates(run, summaries).filter(({ reached }) => !reached);
  const goingOn = new Set(
    open
      .filter((state) => {
        const level = summaries.find(({ label }) => label === state.label)?.levels.find(({ vus }) => vus === state.vus);
        return level !== undefined && canBeReached(state, level);
      })
      .map(({ label, vus }) => `${label} ${vus}`),
  );
  const direct = new Set(summaries.filter(({ info }) => info?.kind === 'direct').map(({ label }) => label));
  const longest = { ...run.scenario, load: { ...run.scenario.load, repeats: until.maxRepeats } };
  const lastOf = (vus: number) =>
    Math.max(0, ...planned.filter((cell) => cellLevel(cell) === vus).map(({ repeat }) => repeat));
  const last = new Map(loadLevels(run.scenario.load).map((vus) => [vus, lastOf(vus)]));
  const cells = expandCells(longest, run.gateways, run.seed).filter((cell) => {
    if (cell.repeat !== (last.get(cellLevel(cell)) ?? 0) + 1) return false;
    const label = gatewayLabel({ name: cell.gateway, variant: cell.variant });
    const block = [...goingOn].some((key) => key.endsWith(` ${cellLevel(cell)}`));
    return goingOn.has(`${label} ${cellLevel(cell)}`) || (block && direct.has(label));
  });
  return { cells, open };
}
