import type { MetricName } from '../model/metric.js';
import type { DerivedCell } from './derive-run.js';

export interface Metric {
  name: MetricName;
  /** `CPU per request`. */
  title: string;
  unit: 'req/s' | 'µs' | 'bytes';
  /**
   * `log` for what is above 0 by nature and varies in proportion to its size; `plain` for overhead, a difference that may be
   * negative. Chosen by the metric and never by the data: a test of 3 to 10 values can't tell the two apart, and taking
   * whichever interval is narrower covers too little.
   */
  scale: 'log' | 'plain';
  better: 'more' | 'less';
  /** Null where a cell doesn't have it, and for a 0 where it should be above 0: that was not read. */
  valueOf(cell: DerivedCell): number | null;
}

const positive = (value: number | null | undefined) => (value != null && value > 0 ? value : null);
const time = { unit: 'µs', better: 'less' } as const;
const memory = { unit: 'bytes', better: 'less', scale: 'log' } as const;

/** Every metric, in the order in which reports show them. */
export const METRICS: readonly Metric[] = [
  {
    name: 'rate',
    title: 'rate',
    unit: 'req/s',
    scale: 'log',
    better: 'more',
    valueOf: ({ ratePerSec }) => positive(ratePerSec),
  },
  { name: 'p50', title: 'p50', scale: 'log', ...time, valueOf: ({ latencyUs }) => positive(latencyUs?.p50) },
  { name: 'p95', title: 'p95', scale: 'log', ...time, valueOf: ({ latencyUs }) => positive(latencyUs?.p95) },
  { name: 'p99', title: 'p99', scale: 'log', ...time, valueOf: ({ latencyUs }) => positive(latencyUs?.p99) },
  {
    name: 'overheadP50',
    title: 'overhead p50',
    scale: 'plain',
    ...time,
    valueOf: ({ overheadUs }) => overheadUs?.p50 ?? null,
  },
  {
    name: 'overheadP99',
    title: 'overhead p99',
    scale: 'plain',
    ...time,
    valueOf: ({ overheadUs }) => overheadUs?.p99 ?? null,
  },
  {
    name: 'cpuUsPerRequest',
    title: 'CPU per request',
    scale: 'log',
    ...time,
    valueOf: ({ resources }) => positive(resources.gateway?.cpuUsPerRequest),
  },
  { name: 'rss', title: 'RSS', ...memory, valueOf: ({ resources }) => positive(resources.gateway?.rssBytesMax) },
  { name: 'pss', title: 'PSS', ...memory, valueOf: ({ resources }) => positive(resources.gateway?.pssBytesMax) },
];

/** @throws Error for a name that isn't one */
export function metricNamed(name: MetricName): Metric {
  const metric = METRICS.find((each) => each.name === name);
  if (metric === undefined) throw new Error(`no metric is named ${name}`);
  return metric;
}
