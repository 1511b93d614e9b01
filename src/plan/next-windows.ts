import { type Campaign, campaignOf } from '../analysis/capacity/campaign.js';
import { searchedGateways } from '../analysis/capacity/result.js';
import { deriveRun } from '../analysis/derive-run.js';
import { type Cell, cellId } from '../model/cell.js';
import { cellLevel, levelField } from '../model/load-level.js';
import type { CellRecord } from '../model/record.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../model/run.js';
import { shuffledBy } from './expand.js';

/** What of a run a search depends on. */
export type SearchingRun = Pick<Run, 'capacity' | 'gateways' | 'cells' | 'scenario' | 'seed'>;

/** What is measured next in a search for capacities. */
export interface NextWindows {
  /** A window of each gateway whose search goes on, and the direct ones that they need, in random order; none at the end. */
  cells: Cell[];
  searches: { label: string; campaign: Campaign }[];
  /** Cells that may follow these, at most about. */
  left: number;
}

/**
 * The next round of a search: every gateway that isn't done gets one window, so that drift of the machine falls on all of them. Direct
 * is measured in the same round at the same level and repeat; gateways at one level share it.
 * @param records of all cells that were measured
 */
export function nextWindows(run: SearchingRun, records: readonly CellRecord[]): NextWindows {
  const { capacity } = run;
  if (capacity === undefined) return { cells: [], searches: [], left: 0 };
  const derived = deriveRun(records);
  const searches = searchedGateways(run).map((gateway) => ({
    gateway,
    label: labelOf(gateway),
    campaign: campaignOf(capacity, derived, gateway),
  }));
  const direct = run.gateways.find((gateway) => labelOf(gateway) === capacity.direct) ?? null;
  const cells = new Map<string, Cell>();
  for (const { gateway, campaign } of searches) {
    if (campaign.next === null) continue;
    const own = cellOf(run, gateway, campaign.next, lastRepeat(run, gateway, campaign.next) + 1);
    const beside = direct === null ? [] : [cellOf(run, direct, campaign.next, own.repeat)];
    for (const cell of [own, ...beside]) if (run.cells.every(({ id }) => id !== cell.id)) cells.set(cell.id, cell);
  }
  const gatewayCells = searches.reduce((sum, { campaign }) => sum + campaign.left, 0);
  return {
    cells: shuffledBy([...cells.values()], run.seed + run.cells.length),
    searches: searches.map(({ label, campaign }) => ({ label, campaign })),
    left: Math.max(0, gatewayCells * (direct === null ? 1 : 2) - cells.size),
  };
}

function cellOf({ scenario }: SearchingRun, { gateway, variant }: PlannedGateway, level: number, repeat: number): Cell {
  const key = { gateway, variant, ...levelField(scenario.load.model, level), repeat, profiler: null };
  return { id: cellId(key), ...key, scenario: scenario.name, stream: scenario.request.stream };
}

function lastRepeat({ cells }: SearchingRun, { gateway, variant }: PlannedGateway, level: number): number {
  const own = cells.filter((cell) => cell.gateway === gateway && cell.variant === variant && cellLevel(cell) === level);
  return Math.max(0, ...own.map(({ repeat }) => repeat));
}

function labelOf({ gateway, variant }: PlannedGateway): string {
  return gatewayLabel({ name: gateway, variant });
}
