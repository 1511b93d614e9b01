import { cellLevel, type LoadModel } from '../model/load-level.js';
import type { GatewayInfo } from '../model/record.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../model/run.js';
import type { DerivedCell } from './derive-run.js';
import { intervalLevel } from './interval-level.js';
import { type LevelIntervals, levelIntervals } from './level-intervals.js';

/** One gateway at one level of load, over all repeats. */
export interface LevelSummary {
  /** The level: VUs, or planned requests a second of an open loop, which `model` tells. */
  vus: number;
  model: LoadModel;
  /** Repeats in the plan. */
  planned: number;
  /** By repeat; fewer than planned if the run is incomplete. */
  records: DerivedCell[];
  /**
   * The record that represents the level: the trusted repeat with the median rate. Percentiles are never averaged
   * over repeats. Without a trusted repeat, an untrusted one; null without any record.
   */
  shown: DerivedCell | null;
  /**
   * Trusted repeats that compare, by repeat: of a run that was resumed after something had changed, those before the change
   * or after it, whichever are more at this VU level.
   */
  comparable: DerivedCell[];
  /** Over `comparable`, of {@link intervalLevel}; empty for fewer than three. */
  intervals: LevelIntervals;
  /** Of the trusted repeats; null without any. */
  ratePerSec: { min: number; max: number; repeats: number } | null;
}

/** One gateway, or one of its variants. */
export interface GatewaySummary {
  /** `litellm`, or `litellm:workers`. */
  label: string;
  planned: PlannedGateway;
  title: string;
  /** From any of its records; null without one. */
  info: GatewayInfo | null;
  levels: LevelSummary[];
  /** Largest RSS of its process tree under load: smallest and largest over the VU levels shown. */
  rssBytes: { min: number; max: number } | null;
}

/** Group a run's records by gateway, in the plan's order, and by VUs, ascending. */
export function summarise(run: Run, records: readonly DerivedCell[]): GatewaySummary[] {
  const compares = comparableByLevel(run, records);
  const intervalsLevel = intervalLevel(run);
  const { model } = run.scenario.load;
  return run.gateways.map((planned) => {
    const own = records.filter(({ cell }) => cell.gateway === planned.gateway && cell.variant === planned.variant);
    const cells = run.cells.filter((cell) => cell.gateway === planned.gateway && cell.variant === planned.variant);
    const vus = [...new Set([...cells, ...own.map(({ cell }) => cell)].map(cellLevel))].sort((a, b) => a - b);
    const levels = vus.map((level) =>
      summariseLevel(
        { vus: level, model },
        cells.filter((cell) => cellLevel(cell) === level).length,
        own.filter(({ cell }) => cellLevel(cell) === level),
        compares,
        intervalsLevel,
      ),
    );
    // A skipped record may know less of the gateway than one that was started.
    const info = (own.find(({ gateway }) => gateway.version !== null) ?? own[0])?.gateway ?? null;
    return {
      label: gatewayLabel({ name: planned.gateway, variant: planned.variant }),
      planned,
      title: planned.title,
      info,
      levels,
      rssBytes: range(levels.flatMap(({ shown }) => shown?.resources.gateway?.rssBytesMax ?? [])),
    };
  });
}

function summariseLevel(
  at: Pick<LevelSummary, 'vus' | 'model'>,
  planned: number,
  records: readonly DerivedCell[],
  compares: (record: DerivedCell) => boolean,
  intervalsLevel: number,
): LevelSummary {
  const sorted = records.toSorted((a, b) => a.cell.repeat - b.cell.repeat);
  const trusted = sorted.filter(({ outcome }) => outcome.kind === 'ok');
  const comparable = trusted.filter(compares);
  const rates = range(trusted.flatMap(({ ratePerSec }) => ratePerSec ?? []));
  return {
    ...at,
    planned: Math.max(planned, sorted.length),
    records: sorted,
    shown: medianByRate(trusted) ?? firstToShow(sorted),
    comparable,
    intervals: levelIntervals(comparable, intervalsLevel),
    ratePerSec: rates === null ? null : { ...rates, repeats: trusted.length },
  };
}

/**
 * Which records of a VU level compare: all of an unchanged run, and of one that was changed in mid-run those of the part
 * with the most trusted cells there, the later of equal ones.
 */
function comparableByLevel({ changes }: Run, records: readonly DerivedCell[]): (record: DerivedCell) => boolean {
  const partOf = ({ startedAt }: DerivedCell) =>
    changes.filter(({ at }) => Date.parse(at) <= Date.parse(startedAt)).length;
  const chosen = new Map<number, number>();
  for (const vus of new Set(records.map(({ cell }) => cellLevel(cell)))) {
    const counts = new Array<number>(changes.length + 1).fill(0);
    for (const record of records) {
      if (cellLevel(record.cell) !== vus || record.outcome.kind !== 'ok') continue;
      counts[partOf(record)] = (counts[partOf(record)] ?? 0) + 1;
    }
    chosen.set(vus, counts.lastIndexOf(Math.max(...counts)));
  }
  return (record) => partOf(record) === chosen.get(cellLevel(record.cell));
}

/** With an even count, the lower of the two in the middle, so that it is a measured one. */
function medianByRate(records: readonly DerivedCell[]): DerivedCell | undefined {
  const sorted = records.toSorted((a, b) => (a.ratePerSec ?? 0) - (b.ratePerSec ?? 0));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The untrusted record that says most. */
function firstToShow(records: readonly DerivedCell[]): DerivedCell | null {
  const kinds = ['invalid', 'crashed', 'failed', 'skipped'] as const;
  for (const kind of kinds) {
    const found = records.find(({ outcome }) => outcome.kind === kind);
    if (found !== undefined) return found;
  }
  return null;
}

/** Smallest and largest; null for no values. */
function range(values: readonly number[]): { min: number; max: number } | null {
  return values.length === 0 ? null : { min: Math.min(...values), max: Math.max(...values) };
}

/** All VU levels of a run, ascending. */
export function vuLevels(summaries: readonly GatewaySummary[]): number[] {
  return [...new Set(summaries.flatMap(({ levels }) => levels.map(({ vus }) => vus)))].sort((a, b) => a - b);
}
