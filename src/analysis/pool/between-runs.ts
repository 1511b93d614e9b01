import type { MetricName } from '../../model/metric.js';
import type { DerivedCell } from '../derive-run.js';
import { leastDifference } from '../least-difference.js';
import { METRICS, type Metric } from '../metrics.js';
import { mean } from '../mser.js';
import { fUpperTail } from '../statistics/distributions.js';
import { holmAdjusted } from '../statistics/holm.js';
import { LEVEL } from '../statistics/interval.js';
import type { GatewaySummary } from '../summary.js';

/** A figure in which runs differ by more than their repeats do. */
export interface RunDifference {
  label: string;
  vus: number;
  metric: MetricName;
  /** Of each run that has repeats to trust, in the order of the runs; of logarithms taken back where the metric's scale is that. */
  means: { runId: string; estimate: number; repeats: number }[];
  /** Of the F test that the runs have one mean, adjusted for all that were made. */
  adjustedP: number;
}

/**
 * What pooled repeats take for granted: that a repeat of one run is like a repeat of another. Where runs differ by more
 * (analysis of variance, one way), what a run has in common isn't in the interval over all repeats, and it is too narrow.
 */
export function differencesBetweenRuns(summaries: readonly GatewaySummary[]): RunDifference[] {
  const tested = summaries.flatMap(({ label, levels }) =>
    levels.flatMap(({ vus, comparable }) =>
      METRICS.flatMap((metric) => {
        const result = testMetric(comparable, metric);
        if (result === null) return [];
        const { share: least } = leastDifference(metric.name, comparable, null);
        return [{ label, vus, metric: metric.name, least, ...result }];
      }),
    ),
  );
  const adjusted = holmAdjusted(tested.map(({ p }) => p));
  return tested.flatMap(({ p, share, least, ...difference }, at) => {
    const adjustedP = adjusted[at] ?? p;
    const isTiny = share !== null && share <= least;
    return adjustedP > 1 - LEVEL || isTiny ? [] : [{ ...difference, adjustedP }];
  });
}

/** Null for one run, and where no run has two values: then nothing says what repeats differ by. */
function testMetric(cells: readonly DerivedCell[], metric: Metric) {
  const { scale } = metric;
  const groups = new Map<string, number[]>();
  for (const cell of cells) {
    const value = metric.valueOf(cell);
    if (value === null || cell.pooledFrom === undefined) continue;
    const { runId } = cell.pooledFrom;
    groups.set(runId, [...(groups.get(runId) ?? []), scale === 'log' ? Math.log(value) : value]);
  }
  const values = [...groups.values()];
  const n = values.flat().length;
  const [dfBetween, dfWithin] = [values.length - 1, n - values.length];
  if (dfBetween < 1 || dfWithin < 1) return null;
  const centre = mean(values.flat());
  const between = values.reduce((sum, group) => sum + group.length * (mean(group) - centre) ** 2, 0) / dfBetween;
  const within = values.flatMap((group) => group.map((value) => (value - mean(group)) ** 2));
  const noise = within.reduce((sum, square) => sum + square, 0) / dfWithin;
  const p = noise > 0 ? fUpperTail(between / noise, dfBetween, dfWithin) : between > 0 ? 0 : 1;
  const means = [...groups].map(([runId, group]) => ({
    runId,
    estimate: scale === 'log' ? Math.exp(mean(group)) : mean(group),
    repeats: group.length,
  }));
  const estimates = means.map(({ estimate }) => estimate);
  const share = scale === 'log' ? Math.max(...estimates) / Math.min(...estimates) - 1 : null;
  return { means, p, share };
}
