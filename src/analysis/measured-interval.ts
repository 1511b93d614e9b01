import type { Claim } from '../model/claims.js';
import type { MetricName } from '../model/metric.js';
import type { LevelSummary } from './summary.js';

export interface MeasuredInterval {
  low: number;
  high: number;
}

/** Between-run metrics, and how many of their units are one of a claim's. */
const METRIC_OF: Partial<Record<Claim['metric'], { name: MetricName; units: number }>> = {
  rps: { name: 'rate', units: 1 },
  p50: { name: 'p50', units: 1000 },
  p95: { name: 'p95', units: 1000 },
  p99: { name: 'p99', units: 1000 },
  overhead_p50: { name: 'overheadP50', units: 1000 },
  overhead_p99: { name: 'overheadP99', units: 1000 },
  memory: { name: 'rss', units: 2 ** 20 },
  cpu_per_request: { name: 'cpuUsPerRequest', units: 1 },
};

/** The 95 % interval between repeats, in the claim's unit; null with too few repeats, or for a metric that has none. */
export function measuredInterval(metric: Claim['metric'], { intervals }: LevelSummary): MeasuredInterval | null {
  const known = METRIC_OF[metric];
  const interval = known === undefined ? undefined : intervals[known.name];
  if (known === undefined || interval === undefined) return null;
  return { low: interval.low / known.units, high: interval.high / known.units };
}
