import { cellLevel } from '../../model/load-level.js';
import type { MetricName } from '../../model/metric.js';
import type { MeasuredRun } from '../claim-verdicts.js';
import type { DerivedCell } from '../derive-run.js';
import { METRICS, type Metric } from '../metrics.js';
import { mean } from '../mser.js';
import { type DifferenceInterval, differenceInterval, pairedInterval } from '../statistics/two-samples.js';
import type { GatewaySummary, LevelSummary } from '../summary.js';
import { THRESHOLDS } from '../thresholds.js';

/**
 * What is compared with what:
 * - `blocks`: two gateways of one run, in pairs within its blocks. What the machine did to one it did to the other.
 * - `repeats`: a run with another, each repeat a value. What changed between the two is in the difference.
 * - `runs`: several runs with others, each run a value, so the interval knows what differs from run to run.
 */
export type Method = 'blocks' | 'repeats' | 'runs';

/** One gateway's level on one side, in each run that has it. */
export interface SideLevel {
  run: MeasuredRun;
  level: LevelSummary;
}

/** A figure that two sides are compared by: a metric, or its ratio to that of direct. */
export interface Measure extends Pick<Metric, 'name' | 'title' | 'unit' | 'scale' | 'better'> {
  /** `rate`, or `rate / direct`. */
  title: string;
  /** Null for a cell that doesn't have it. */
  valueOf(cell: DerivedCell, run: MeasuredRun): number | null;
}

export const MEASURES: readonly Measure[] = METRICS;

const BESIDE_DIRECT: readonly MetricName[] = ['rate', 'p50', 'p95', 'p99'];

/** Beside direct at the same VUs in the same repeat: what is left of two machines when each is measured by itself. */
export const DIRECT_MEASURES: readonly Measure[] = METRICS.filter(({ name }) => BESIDE_DIRECT.includes(name)).map(
  (metric) => ({
    ...metric,
    title: `${metric.title} / direct`,
    valueOf(cell, { summaries }) {
      const direct = directLevel(summaries, cellLevel(cell.cell))?.comparable.find(
        ({ cell: { repeat } }) => repeat === cell.cell.repeat,
      );
      const [own, beside] = [metric.valueOf(cell), direct === undefined ? null : metric.valueOf(direct)];
      return own === null || beside === null ? null : own / beside;
    },
  }),
);

function directLevel(summaries: readonly GatewaySummary[], vus: number): LevelSummary | undefined {
  return summaries.find(({ info }) => info?.kind === 'direct')?.levels.find((level) => level.vus === vus);
}

/** A side's figure. */
export interface Figure {
  /** The geometric mean; of overheads, the mean. */
  estimate: number;
  /** Repeats, or runs. */
  n: number;
}

export interface MeasuredDifference {
  base: Figure | null;
  head: Figure | null;
  /** Mean of the base on the measure's scale; 0 without one. */
  baseMean: number;
  /** Head less base on the measure's scale: logarithms, or the figures of an overhead. Null for too few values. */
  difference: DifferenceInterval | null;
  /** Values that are needed at least, less those there are; 0 where there are enough. */
  missing: number;
}

/** The difference of two sides by one measure. */
export function measureDifference(
  measure: Measure,
  method: Method,
  base: readonly SideLevel[],
  head: readonly SideLevel[],
): MeasuredDifference {
  const [ours, theirs] =
    method === 'blocks'
      ? pairs(measure, base, head)
      : [sideValues(measure, method, base), sideValues(measure, method, head)];
  const difference =
    method === 'blocks'
      ? pairedInterval(theirs.map((value, at) => value - (ours[at] ?? 0)))
      : differenceInterval(ours, theirs);
  const missing = missingValues(method, ours.length, theirs.length);
  return {
    base: figureOf(measure, ours),
    head: figureOf(measure, theirs),
    baseMean: ours.length === 0 ? 0 : mean(ours),
    difference: missing > 0 ? null : difference,
    missing,
  };
}

/** A run that stands alone takes the spread of those that it is compared with. */
function missingValues(method: Method, base: number, head: number): number {
  const { minRepeats } = THRESHOLDS.intervals;
  const [fewer, more] = [Math.min(base, head), Math.max(base, head)];
  return method === 'runs' ? Math.max(0, minRepeats - more, 1 - fewer) : Math.max(0, minRepeats - fewer);
}

function figureOf({ scale }: Measure, values: readonly number[]): Figure | null {
  if (values.length === 0) return null;
  const centre = mean(values);
  return { estimate: scale === 'log' ? Math.exp(centre) : centre, n: values.length };
}

function scaled({ scale }: Measure, value: number): number[] {
  if (scale === 'plain') return [value];
  return value > 0 ? [Math.log(value)] : [];
}

/** On the measure's scale. */
function repeatValues(measure: Measure, { run, level }: SideLevel): number[] {
  return level.comparable.flatMap((cell) => {
    const value = measure.valueOf(cell, run);
    return value === null ? [] : scaled(measure, value);
  });
}

function sideValues(measure: Measure, method: Method, side: readonly SideLevel[]): number[] {
  const byRun = side.map((level) => repeatValues(measure, level));
  return method === 'runs' ? byRun.flatMap((values) => (values.length === 0 ? [] : [mean(values)])) : byRun.flat();
}

/** Of every block in which both were measured and can be trusted. */
function pairs(measure: Measure, base: readonly SideLevel[], head: readonly SideLevel[]): [number[], number[]] {
  const found = base.flatMap(({ run, level }) => {
    const theirs = head.find((side) => side.run === run)?.level;
    return level.comparable.flatMap((cell) => {
      const other = theirs?.comparable.find(({ cell: { repeat } }) => repeat === cell.cell.repeat);
      const first = measure.valueOf(cell, run);
      const second = other === undefined ? null : measure.valueOf(other, run);
      if (first === null || second === null) return [];
      const [from] = scaled(measure, first);
      const [to] = scaled(measure, second);
      return from === undefined || to === undefined ? [] : [{ from, to }];
    });
  });
  return [found.map(({ from }) => from), found.map(({ to }) => to)];
}
