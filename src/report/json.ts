import type { GatewayCost } from '../analysis/cost.js';
import { faultEffects } from '../analysis/fault-effects.js';
import { shapeEvidence } from '../analysis/format-shape.js';
import { cpuSpread } from '../analysis/level-intervals.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import type { GatewayStreams } from '../analysis/streams.js';
import type { GatewaySummary } from '../analysis/summary.js';
import type { ClassLoad, Latency, StreamResult } from '../model/load.js';
import type { Prices } from '../model/prices.js';
import { findingsOf } from '../profiles/analysis/findings.js';
import { hotFunctions } from '../profiles/analysis/hot-functions.js';
import { categoryTotals } from '../profiles/categories/category-table.js';
import type { DerivedReport } from './derived-report.js';
import { formatDifference } from './format-difference.js';
import type { SpreadOf } from './interval-sections.js';
import { pooledReport } from './pooled-json.js';
import type { FlameEntry } from './profiles/flame-entry.js';

/**
 * `results.json`: the run and all cells, unrounded, without histograms, which stay in each cell's record.json; intervals
 * over repeats and comparisons of gateways; shapes of the curves; streams; what requests cost; what became of them where the upstream fails; key figures of the profiles, without stacks; `damaged` names records that can't
 * be used; `parts`, of several runs, is their `report.json`. @returns JSON text with a final newline
 */
export function jsonReport({
  run,
  cells,
  summaries,
  comparisons,
  shaped,
  spreadOf,
  streams,
  costs,
  capacities,
  soaks,
  prices,
  flames,
  damaged,
  pool,
}: DerivedReport): string {
  const figures = cells.map(
    ({
      latencyUs,
      failedLatencyUs,
      connectUs,
      firstByteUs,
      classes,
      sendDelayUs,
      rawLatencyUs,
      stages,
      stream,
      ...record
    }) => ({
      ...record,
      ...(classes === undefined ? {} : { classes: classes.map(classOf) }),
      latencyUs: withoutHistogram(latencyUs),
      failedLatencyUs: withoutHistogram(failedLatencyUs),
      connectUs: withoutHistogram(connectUs),
      firstByteUs: withoutHistogram(firstByteUs),
      stream: withoutHistograms(stream),
      ...(record.arrivals === undefined
        ? {}
        : { sendDelayUs: withoutHistogram(sendDelayUs ?? null), rawLatencyUs: withoutHistogram(rawLatencyUs ?? null) }),
      ...(stages === undefined
        ? {}
        : { stages: stages.map((stage) => ({ ...stage, latencyUs: withoutHistogram(stage.latencyUs) })) }),
    }),
  );
  const profiles = flames.map(profileFigures);
  const failures = cells.flatMap((cell) => {
    const effects = cell.cell.profiler === null ? faultEffects(cell, run.scenario) : null;
    return effects === null ? [] : [{ cellId: cell.cell.id, ...effects }];
  });
  const intervals = intervalFigures(summaries, spreadOf);
  const compared = comparisons.map((level) => ({
    ...level,
    pairs: level.pairs.map((pair) => ({ ...pair, text: formatDifference(pair, level) })),
  }));
  return `${JSON.stringify(
    {
      schemaVersion: 2,
      run,
      // Of one run, the key is absent.
      ...(pool === null ? {} : { parts: pooledReport(pool, summaries) }),
      cells: figures,
      intervals,
      comparisons: compared,
      shapes: shaped.map(shapeFigures),
      streams: streams.map(streamFigures),
      cost: costFigures(costs, prices),
      ...(failures.length === 0 ? {} : { failures }),
      // Of any other run, the key is absent.
      ...(run.capacity === undefined ? {} : { capacity: capacities }),
      // Without a window that is long enough, the key is absent.
      ...(soaks.length === 0 ? {} : { soak: soaks }),
      damaged,
      profiles,
    },
    null,
    2,
  )}\n`;
}

/** What gateways used, its price, and what they take without load. */
function costFigures(costs: readonly GatewayCost[], { currency, machines }: Prices) {
  return {
    currency,
    machines,
    gateways: costs.map(({ summary, label: _, ...cost }) => ({ gateway: summary.label, ...cost })),
  };
}

/** Of every level that has any: over repeats, of all their requests, and within the window that the report shows. */
function intervalFigures(summaries: readonly GatewaySummary[], spreadOf: SpreadOf) {
  return summaries.flatMap(({ label, levels }) =>
    levels.flatMap((level) => {
      const { vus, comparable, intervals: betweenRuns, shown } = level;
      const { pooled: pooledUs, within } = spreadOf(level);
      if (Object.keys(betweenRuns).length === 0 && pooledUs === null && within === null) return [];
      const withinWindow = within === null ? null : { cellId: shown?.cell.id ?? null, ...within };
      const cellIds = comparable.map(({ cell }) => cell.id);
      return [{ gateway: label, vus, cellIds, betweenRuns, pooledUs, withinWindow, cpuSpread: cpuSpread(comparable) }];
    }),
  );
}

function withoutHistogram(latency: Latency | null): Omit<Latency, 'histogram'> | null {
  if (latency === null) return null;
  const { histogram: _, ...figures } = latency;
  return figures;
}

function withoutHistograms(stream: StreamResult | null) {
  if (stream === null) return null;
  return {
    ...stream,
    headUs: withoutHistogram(stream.headUs),
    gapUs: withoutHistogram(stream.gapUs),
    spanUs: withoutHistogram(stream.spanUs),
    tailUs: withoutHistogram(stream.tailUs),
  };
}

/** What a gateway does to streams, by VU level; what the cells have is in the cells. */
function streamFigures({ summary, levels, sustained }: GatewayStreams) {
  return {
    gateway: summary.label,
    levels: levels.map(({ vus, shown, figures, added }) => ({
      vus,
      cellId: shown.cell.id,
      ...figures,
      addedUs: added,
    })),
    sustained,
  };
}

/** A gateway's shape, and the law's figures without the curve; infinity is null in JSON. */
function shapeFigures({ summary, curve, shape, limit, usl }: ShapedCurve) {
  const { rateAt: _, ...law } = usl ?? {};
  return {
    gateway: summary.planned.gateway,
    variant: summary.planned.variant,
    shape: shape.name,
    evidence: shapeEvidence(shape, curve),
    limit,
    usl: usl === null ? null : law,
  };
}

function classOf({ latencyUs, firstByteUs, ...load }: ClassLoad) {
  return { ...load, latencyUs: withoutHistogram(latencyUs), firstByteUs: withoutHistogram(firstByteUs) };
}

const HOTTEST = 20;

/** Key figures of a profile. */
function profileFigures(entry: FlameEntry) {
  const { cellId, profile, unprofiled } = entry;
  return {
    cellId,
    meta: profile.profile.meta,
    unprofiled,
    categories: categoryTotals(profile),
    hotFunctions: hotFunctions(profile, { by: 'self', limit: HOTTEST }),
    findings: findingsOf(profile, entry),
  };
}
