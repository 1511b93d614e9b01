import type { CellRecord, GatewayInfo } from '../model/record.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../model/run.js';

/** One gateway at one VU count, over all repeats. */
export interface LevelSummary {
  vus: number;
  /** Repeats in the plan. */
  planned: number;
  /** By repeat; fewer than planned where the run is not complete. */
  records: CellRecord[];
  /**
   * The record whose row stands for the level: of the trusted repeats the one with the median rate, whole. Percentiles
   * are never averaged over repeats. Without a trusted repeat, an untrusted one; null where there is no record at all.
   */
  shown: CellRecord | null;
  /** Rates of the trusted repeats; null without any. */
  ratePerSec: { min: number; max: number; repeats: number } | null;
}

/** One gateway, or one variant of it. */
export interface GatewaySummary {
  /** `litellm`, or `litellm:workers`. */
  label: string;
  planned: PlannedGateway;
  title: string;
  /** From any of its records; null without one. */
  info: GatewayInfo | null;
  levels: LevelSummary[];
  /** Largest RSS of its process tree under load: least and most over the VU levels shown. */
  rssBytes: { min: number; max: number } | null;
}

/** Group a run's records as the plan names them: gateways in the plan's order, VU counts ascending. */
export function summarise(run: Run, records: readonly CellRecord[]): GatewaySummary[] {
  return run.gateways.map((planned) => {
    const own = records.filter(({ cell }) => cell.gateway === planned.gateway && cell.variant === planned.variant);
    const cells = run.cells.filter((cell) => cell.gateway === planned.gateway && cell.variant === planned.variant);
    const vus = [...new Set([...cells, ...own.map(({ cell }) => cell)].map((cell) => cell.vus))].sort((a, b) => a - b);
    const levels = vus.map((level) =>
      summariseLevel(
        level,
        cells.filter((cell) => cell.vus === level).length,
        own.filter(({ cell }) => cell.vus === level),
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

function summariseLevel(vus: number, planned: number, records: readonly CellRecord[]): LevelSummary {
  const sorted = records.toSorted((a, b) => a.cell.repeat - b.cell.repeat);
  const trusted = sorted.filter(({ outcome }) => outcome.kind === 'ok');
  const rates = range(trusted.flatMap(({ ratePerSec }) => ratePerSec ?? []));
  return {
    vus,
    planned: Math.max(planned, sorted.length),
    records: sorted,
    shown: medianByRate(trusted) ?? firstToShow(sorted),
    ratePerSec: rates === null ? null : { ...rates, repeats: trusted.length },
  };
}

/** The lower of the two in the middle, so that it is a row that was measured. */
function medianByRate(records: readonly CellRecord[]): CellRecord | undefined {
  const sorted = records.toSorted((a, b) => (a.ratePerSec ?? 0) - (b.ratePerSec ?? 0));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Of untrusted records the one that says most. */
function firstToShow(records: readonly CellRecord[]): CellRecord | null {
  const kinds = ['invalid', 'crashed', 'failed', 'skipped'] as const;
  for (const kind of kinds) {
    const found = records.find(({ outcome }) => outcome.kind === kind);
    if (found !== undefined) return found;
  }
  return null;
}

/** Least and most; null of nothing. */
export function range(values: readonly number[]): { min: number; max: number } | null {
  return values.length === 0 ? null : { min: Math.min(...values), max: Math.max(...values) };
}

/** All VU levels of a run, ascending. */
export function vuLevels(summaries: readonly GatewaySummary[]): number[] {
  return [...new Set(summaries.flatMap(({ levels }) => levels.map(({ vus }) => vus)))].sort((a, b) => a - b);
}
