import type { GatewayFootprint } from '../model/footprint.js';
import type { MachinePrice, Prices } from '../model/prices.js';
import type { Run } from '../model/run.js';
import type { DerivedCell } from './derive-run.js';
import { footprintOf } from './footprint.js';
import { intervalLevel } from './interval-level.js';
import { median } from './median.js';
import { geometricInterval, type MeanInterval } from './statistics/interval.js';
import type { GatewaySummary, LevelSummary } from './summary.js';
import { THRESHOLDS } from './thresholds.js';

const MILLION = 1e6;
const GIB = 2 ** 30;
const HOUR_S = 3600;

/** What a cell's gateway used for a million successful requests. Failed ones use too, and earn nothing. */
export interface CellUse {
  /** Of its whole process tree: `cores` of them for as long as a million requests take at this rate. */
  cpuSPerMillion: number;
  /** Successful requests for each second of CPU: what one busy core does a second. */
  ratePerSecPerCore: number;
  /** The largest reading in the window, for as long as a million requests take; null where it could not be read. */
  gibHoursPerMillion: number | null;
  /** PSS where it was read, since RSS counts pages that processes share once for each. */
  memory: 'PSS' | 'RSS' | null;
}

/** Null for the direct baseline, and where CPU or rate are not known or 0. */
export function useOf({ ratePerSec, resources: { gateway } }: DerivedCell): CellUse | null {
  const cores = (gateway?.cpuPercentMean ?? 0) / 100;
  if (gateway === null || ratePerSec === null || ratePerSec <= 0 || cores <= 0) return null;
  const { pssBytesMax, rssBytesMax } = gateway;
  const bytes = pssBytesMax ?? rssBytesMax;
  const hoursPerMillion = MILLION / ratePerSec / HOUR_S;
  return {
    cpuSPerMillion: (cores * MILLION) / ratePerSec,
    ratePerSecPerCore: ratePerSec / cores,
    gibHoursPerMillion: bytes === null ? null : (bytes / GIB) * hoursPerMillion,
    memory: pssBytesMax !== null ? 'PSS' : rssBytesMax !== null ? 'RSS' : null,
  };
}

/** Price of what was used; null where the memory is not known. */
export function priceOf({ cpuSPerMillion, gibHoursPerMillion }: CellUse, price: MachinePrice): number | null {
  if (gibHoursPerMillion === null) return null;
  return (cpuSPerMillion / HOUR_S) * price.perVcpuHour + gibHoursPerMillion * price.perGibHour;
}

/** With three repeats or more, their geometric mean and its interval; with fewer, that of the repeat that is shown. */
export interface CostFigure {
  value: number;
  interval: MeanInterval | null;
}

/** What a gateway used at one VU level, of cells that can be trusted. */
export interface LevelCost {
  vus: number;
  cellIds: string[];
  ratePerSecPerCore: CostFigure;
  cpuSPerMillion: CostFigure;
  gibHoursPerMillion: CostFigure | null;
  memory: CellUse['memory'];
  /** In the order of the prices, in their currency; null where the memory is not known. */
  perMillion: { machine: string; cost: CostFigure | null }[];
}

/** What a gateway costs, and what it takes before the first request. */
export interface GatewayCost {
  /** As the gateway is installed. Versions that stand side by side in a report of several runs have labels of their own. */
  label: string;
  summary: GatewaySummary;
  levels: LevelCost[];
  /** The last reading before the load, over all cells that can be trusted. */
  idle: { cells: number; rssBytes: CostFigure | null; pssBytes: CostFigure | null };
  /** Null where none was measured of this version on this machine. */
  footprint: GatewayFootprint | null;
}

/**
 * Of every gateway that has any of it, in the plan's order.
 * @param footprints of any gateway and machine
 * @param installedAs the label under which a summary's gateway is installed
 */
export function gatewayCosts(
  run: Run,
  summaries: readonly GatewaySummary[],
  prices: Prices,
  footprints: readonly GatewayFootprint[],
  installedAs: (label: string) => string = (label) => label,
): GatewayCost[] {
  const level = intervalLevel(run);
  return summaries
    .map((summary) => ({
      label: installedAs(summary.label),
      summary,
      levels: summary.levels.flatMap((each) => levelCost(each, prices, level) ?? []),
      idle: idleMemory(summary, level),
      footprint: footprintOf(run, summary, footprints, installedAs(summary.label)),
    }))
    .filter(({ levels, idle, footprint }) => levels.length > 0 || idle.cells > 0 || footprint !== null);
}

function levelCost({ vus, shown, comparable }: LevelSummary, prices: Prices, level: number): LevelCost | null {
  if (shown?.outcome.kind !== 'ok') return null;
  const shownUse = useOf(shown);
  if (shownUse === null) return null;
  const known = comparable.flatMap((cell) => {
    const use = useOf(cell);
    return use === null ? [] : [{ id: cell.cell.id, use }];
  });
  const uses = known.map(({ use }) => use);
  const figure = (pick: (use: CellUse) => number | null) => figureOf(pick(shownUse), uses.map(pick), level);
  const certain = (pick: (use: CellUse) => number) => figure(pick) ?? { value: pick(shownUse), interval: null };
  return {
    vus,
    cellIds: known.map(({ id }) => id),
    ratePerSecPerCore: certain((use) => use.ratePerSecPerCore),
    cpuSPerMillion: certain((use) => use.cpuSPerMillion),
    gibHoursPerMillion: figure((use) => use.gibHoursPerMillion),
    memory: shownUse.memory,
    perMillion: prices.machines.map((price) => ({
      machine: price.name,
      cost: figure((use) => priceOf(use, price)),
    })),
  };
}

/** Each cell starts its gateway anew, and has sent it one request by then, at any VU level. */
function idleMemory({ levels }: GatewaySummary, level: number): GatewayCost['idle'] {
  const trees = levels.flatMap(({ comparable }) => comparable.flatMap(({ resources }) => resources.gateway ?? []));
  const figure = (values: (number | null)[]) => figureOf(median(values), values, level);
  const rss = trees.map(({ rssBytesIdle }) => rssBytesIdle);
  return {
    cells: rss.filter((value) => value !== null).length,
    rssBytes: figure(rss),
    pssBytes: figure(trees.map(({ pssBytesIdle }) => pssBytesIdle)),
  };
}

/** @param shown where there are too few values for an interval */
function figureOf(shown: number | null, values: readonly (number | null)[], level: number): CostFigure | null {
  const known = values.filter((value) => value !== null);
  const interval = known.length < THRESHOLDS.intervals.minRepeats ? null : geometricInterval(known, level);
  if (interval !== null) return { value: interval.estimate, interval };
  return shown === null ? null : { value: shown, interval: null };
}
