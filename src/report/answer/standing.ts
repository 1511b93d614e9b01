import type { LevelComparison } from '../../analysis/comparisons.js';
import type { DerivedCell } from '../../analysis/derive-run.js';
import { metricNamed } from '../../analysis/metrics.js';
import type { MeanInterval } from '../../analysis/statistics/interval.js';
import type { GatewaySummary } from '../../analysis/summary.js';
import type { LoadModel } from '../../model/load-level.js';
import type { MetricName } from '../../model/metric.js';
import type { DerivedReport } from '../derived-report.js';

/** A gateway with its figure, of repeats the estimate. */
export interface Placed {
  summary: GatewaySummary;
  value: number;
  interval: MeanInterval | null;
}

/** Who stands where at one VU level by one metric. */
export interface Standing {
  vus: number;
  model: LoadModel;
  metric: MetricName;
  /** Those whose figure can be trusted, best first. */
  order: Placed[];
  /** Those that no other is better than for sure; null where too few repeats say anything. */
  leading: Placed[] | null;
  comparison: LevelComparison | null;
}

/** Gateways that are compared: without what they are measured against, unless there is nothing else. */
export function contenders({ summaries }: Pick<DerivedReport, 'summaries'>): GatewaySummary[] {
  const gateways = summaries.filter(({ info }) => info?.kind !== 'direct');
  const own = gateways.filter(({ info }) => info?.baseline !== true);
  return own.length === 0 ? gateways : own;
}

/** @param isEligible whether a cell that can be trusted is to be ranked */
export function standingAt(
  report: DerivedReport,
  metric: MetricName,
  vus: number,
  isEligible: (shown: DerivedCell) => boolean = () => true,
): Standing {
  const known = metricNamed(metric);
  const order = contenders(report)
    .flatMap((summary) => {
      const level = summary.levels.find((each) => each.vus === vus);
      if (level?.shown?.outcome.kind !== 'ok' || !isEligible(level.shown)) return [];
      const interval = level.intervals[metric] ?? null;
      const value = interval?.estimate ?? known.valueOf(level.shown);
      return value === null ? [] : [{ summary, value, interval }];
    })
    .sort((a, b) => (known.better === 'more' ? b.value - a.value : a.value - b.value));
  const comparison = report.comparisons.find((each) => each.vus === vus && each.metric === metric) ?? null;
  return {
    vus,
    model: report.run.scenario.load.model,
    metric,
    order,
    leading: leadingOf(order, comparison),
    comparison,
  };
}

function leadingOf(order: readonly Placed[], comparison: LevelComparison | null): Placed[] | null {
  const judged = new Set(comparison?.ranks.map(({ label }) => label));
  // The best by its figure has too few repeats: then nothing is known of who is best.
  if (order[0] === undefined || comparison === null || !order.every(({ summary }) => judged.has(summary.label)))
    return null;
  const labels = order.map(({ summary }) => summary.label);
  const beaten = new Set(
    comparison.pairs.flatMap(({ a, b, verdict }) => {
      if (verdict.kind !== 'difference') return [];
      const [winner, loser] = verdict.better === 'a' ? [a, b] : [b, a];
      return labels.includes(winner) ? [loser] : [];
    }),
  );
  return order.filter(({ summary }) => !beaten.has(summary.label));
}

export function titleOf({ summary }: Pick<Placed, 'summary'>): string {
  return summary.title;
}
