import type { LoadModel } from '../model/load-level.js';
import type { MetricName } from '../model/metric.js';
import type { CellRecord, Outcome } from '../model/record.js';
import type { Run } from '../model/run.js';
import type { FloorOf } from './comparisons.js';
import { leastDifference } from './least-difference.js';
import { changesOf } from './machine-changes.js';
import { costRatio, typicalCalibration } from './machine-speed.js';
import { median } from './median.js';
import { type Metric, metricNamed } from './metrics.js';
import { mean } from './mser.js';
import type { RunClass } from './run-comparison/run-classes.js';
import { changePoints } from './statistics/change-points.js';
import type { Interval } from './statistics/interval.js';
import { differenceInterval } from './statistics/two-samples.js';
import type { GatewaySummary, LevelSummary } from './summary.js';
import { THRESHOLDS } from './thresholds.js';

/** A run of a history, and all that a trend takes from it. */
export interface HistoryRun {
  run: Run;
  records: readonly CellRecord[];
  summaries: readonly GatewaySummary[];
  /** What two measurements of one gateway differ by there. */
  floorOf: FloorOf;
}

/** A gateway's figure in one run. */
export interface TrendPoint {
  run: Run;
  version: string | null;
  /** Over the repeats that can be trusted: their mean, of what is above 0 by nature the geometric one. Null without any. */
  estimate: number | null;
  /** 95 %, over repeats; null with fewer than three. */
  interval: Interval | null;
  /** Repeats that the estimate is of. */
  repeats: number;
  /** What became of it where there is no estimate. */
  outcome: Outcome['kind'] | 'not measured';
}

/** A new level. */
export interface TrendChange {
  /** Index of its first point. */
  at: number;
  p: number;
  /** Mean after beside mean before: a share, of overheads a time in microseconds. 95 %, as if the place had been known. */
  change: Interval;
  /** By whether more is better. */
  better: boolean;
  /** What else changed between the runs on both sides: versions, configuration, gatebench. */
  besides: string[];
  /** CPU time that the same work took after it beside before it, 1.01 being 1 % more; null where that wasn't measured. */
  machineCost: number | null;
}

/** Points between two changes. */
export interface TrendLevel {
  from: number;
  /** Exclusive. */
  to: number;
  estimate: number;
}

/** A gateway at a level of load, over the runs of one class. */
export interface TrendSeries {
  /** As a level's summary has it. */
  vus: number;
  model: LoadModel;
  /** Oldest first. */
  points: TrendPoint[];
  changes: TrendChange[];
  levels: TrendLevel[];
  /** Runs with an estimate that are missing before changes can be told from noise; 0 where they were looked for. */
  missingRuns: number;
}

export interface ClassTrend {
  class: RunClass<HistoryRun>;
  series: TrendSeries[];
}

export interface Trend {
  label: string;
  metric: Metric;
  classes: ClassTrend[];
}

/** What a trend is of. */
export interface TrendQuery {
  label: string;
  metric: MetricName;
  /** Undefined for every level. */
  vus?: readonly number[] | undefined;
}

/**
 * A gateway's figure over runs, apart for each class of runs that compare, with its change points. The chance of a change
 * point where nothing changed is bounded over all series of the trend together (Bonferroni).
 */
export function trendOf(classes: readonly RunClass<HistoryRun>[], { label, metric: name, vus }: TrendQuery): Trend {
  const metric = metricNamed(name);
  const found = classes.flatMap((each) => {
    const series = vusOf(each.runs, label)
      .filter((level) => vus === undefined || vus.includes(level))
      .map((level) => ({ vus: level, model: modelOf(each.runs), points: pointsOf(each.runs, label, level, metric) }));
    return series.length === 0 ? [] : [{ class: each, series }];
  });
  const { minRuns, falseAlarms } = THRESHOLDS.history;
  const lookedAt = found.flatMap(({ series }) => series).filter(({ points }) => known(points).length >= minRuns);
  return {
    label,
    metric,
    classes: found.map(({ class: own, series }) => ({
      class: own,
      series: series.map((each) => withChanges(each, own.runs, label, metric, falseAlarms / lookedAt.length)),
    })),
  };
}

function modelOf([first]: readonly HistoryRun[]): LoadModel {
  return first?.run.scenario.load.model ?? 'closed';
}

function vusOf(runs: readonly HistoryRun[], label: string): number[] {
  const levels = runs.flatMap(({ summaries }) => levelsOf(summaries, label).filter(isTried));
  return [...new Set(levels.map(({ vus }) => vus))].sort((a, b) => a - b);
}

function levelsOf(summaries: readonly GatewaySummary[], label: string): LevelSummary[] {
  return summaries.filter((summary) => summary.label === label).flatMap(({ levels }) => levels);
}

function isTried({ records }: LevelSummary): boolean {
  return records.some(({ outcome }) => outcome.kind !== 'skipped');
}

/** Of every run that was to measure it. */
function pointsOf(runs: readonly HistoryRun[], label: string, vus: number, metric: Metric): TrendPoint[] {
  return runs.flatMap(({ run, summaries }) => {
    const summary = summaries.find((each) => each.label === label);
    const level = summary?.levels.find((each) => each.vus === vus);
    if (summary === undefined || level === undefined) return [];
    const values = level.comparable.flatMap((cell) => metric.valueOf(cell) ?? []);
    return [
      {
        run,
        version: summary.info?.version ?? summary.planned.version,
        estimate: values.length === 0 ? null : unscaled(metric, mean(values.map((value) => scaled(metric, value)))),
        interval: level.intervals[metric.name] ?? null,
        repeats: values.length,
        outcome: level.shown?.outcome.kind ?? 'not measured',
      },
    ];
  });
}

function known(points: readonly TrendPoint[]): { index: number; estimate: number }[] {
  return points.flatMap(({ estimate }, index) => (estimate === null ? [] : [{ index, estimate }]));
}

function scaled({ scale }: Metric, value: number): number {
  return scale === 'log' ? Math.log(value) : value;
}

function unscaled({ scale }: Metric, value: number): number {
  return scale === 'log' ? Math.exp(value) : value;
}

function withChanges(
  { vus, model, points }: Pick<TrendSeries, 'vus' | 'model' | 'points'>,
  runs: readonly HistoryRun[],
  label: string,
  metric: Metric,
  falseAlarms: number,
): TrendSeries {
  const { minRuns, minLength } = THRESHOLDS.history;
  const measured = known(points);
  const values = measured.map(({ estimate }) => scaled(metric, estimate));
  const missingRuns = Math.max(0, minRuns - values.length);
  const splits = missingRuns > 0 ? [] : changePoints(values, { falseAlarms, minLength });
  const kept = withoutSmall(splits, values, floorOf(runs, label, metric, vus));
  const edges = [0, ...kept.map(({ at }) => at), values.length];
  const indexOf = (at: number) => measured[at]?.index ?? points.length;
  const levels = edges.slice(1).flatMap((to, part) => {
    const from = edges[part] ?? 0;
    if (to === from) return [];
    return [{ from: indexOf(from), to: indexOf(to), estimate: unscaled(metric, mean(values.slice(from, to))) }];
  });
  const changes = kept.flatMap(({ at, p }, part) => {
    const [before, after] = [values.slice(edges[part] ?? 0, at), values.slice(at, edges[part + 2])];
    const difference = differenceInterval(before, after);
    if (difference === null) return [];
    const sides = { before: measured.slice(edges[part] ?? 0, at), after: measured.slice(at, edges[part + 2]) };
    const runsOf = (side: typeof measured) =>
      side.flatMap(({ index }) => runs.find(({ run }) => run === points[index]?.run) ?? []);
    return [
      {
        at: indexOf(at),
        p,
        change: shown(metric, difference),
        better: metric.better === 'more' ? difference.estimate > 0 : difference.estimate < 0,
        besides: besidesOf(runsOf(sides.before).at(-1), runsOf(sides.after)[0], label),
        machineCost: machineCost(runsOf(sides.before), runsOf(sides.after)),
      },
    ];
  });
  return { vus, model, points, changes, levels, missingRuns };
}

function shown({ scale }: Metric, { estimate, low, high }: Interval): Interval {
  const as = scale === 'log' ? Math.expm1 : (value: number) => value;
  return { estimate: as(estimate), low: as(low), high: as(high) };
}

/** The largest that any of the runs knows; of overheads, which have none, 0. */
function floorOf(runs: readonly HistoryRun[], label: string, { name, scale }: Metric, vus: number): number {
  if (scale === 'plain') return 0;
  const shares = runs.map((run) => {
    const levels = levelsOf(run.summaries, label).filter((level) => level.vus === vus);
    const cells = levels.flatMap(({ comparable }) => comparable);
    return leastDifference(name, cells, run.floorOf(name, vus)).share;
  });
  return Math.log1p(Math.max(0, ...shares));
}

/** Changes smaller than what two measurements of one gateway differ by are none: the smallest goes first. */
function withoutSmall<T extends { at: number }>(splits: readonly T[], values: readonly number[], floor: number): T[] {
  let kept = [...splits];
  for (;;) {
    const edges = [0, ...kept.map(({ at }) => at), values.length];
    const sizes = kept.map(({ at }, part) =>
      Math.abs(mean(values.slice(at, edges[part + 2])) - mean(values.slice(edges[part], at))),
    );
    const least = Math.min(...sizes);
    if (kept.length === 0 || least >= floor) return kept;
    kept = kept.filter((_, part) => sizes[part] !== least);
  }
}

/** What differs between the last run before a change and the first after it. */
function besidesOf(before: HistoryRun | undefined, after: HistoryRun | undefined, label: string): string[] {
  if (before === undefined || after === undefined) return [];
  const [ours, theirs] = [gatewayOf(before, label), gatewayOf(after, label)];
  return [
    ...changesOf(label, ours, theirs, ['version', 'configuration']),
    ...changesOf('gatebench', before.run.harness, after.run.harness, ['commit']),
  ];
}

function gatewayOf({ summaries }: HistoryRun, label: string) {
  const summary = summaries.find((each) => each.label === label);
  return {
    version: summary?.info?.version ?? summary?.planned.version ?? null,
    configuration: summary?.info?.configSha256?.slice(0, 12) ?? null,
  };
}

function machineCost(before: readonly HistoryRun[], after: readonly HistoryRun[]): number | null {
  const calibrations = (runs: readonly HistoryRun[]) => runs.map(({ records }) => typicalCalibration(records));
  const [ours, theirs] = [calibrations(before), calibrations(after)];
  const reference = ours.find((each) => each !== null);
  if (reference === undefined || reference === null) return null;
  const costOf = (all: typeof ours) => median(all.map((each) => (each === null ? null : costRatio(reference, each))));
  const [first, second] = [costOf(ours), costOf(theirs)];
  return first === null || second === null ? null : second / first;
}
