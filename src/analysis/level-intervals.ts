import {
  type CumulativeCounts,
  cumulativeCounts,
  decodeHistogram,
  type Histogram,
  percentileUs,
} from '../../common/histogram.js';
import type { Latency } from '../model/load.js';
import type { MetricName } from '../model/metric.js';
import type { DerivedCell } from './derive-run.js';
import { METRICS, type Metric } from './metrics.js';
import { mean } from './mser.js';
import { controlledMean } from './statistics/control-variate.js';
import { geometricInterval, LEVEL, type MeanInterval, meanInterval } from './statistics/interval.js';
import { type PercentileBounds, percentileBounds } from './statistics/percentile-bounds.js';
import { THRESHOLDS } from './thresholds.js';

/** Between-run intervals, by metric; a metric that too few repeats have is absent. */
export type LevelIntervals = Partial<Record<MetricName, MeanInterval>>;

/**
 * Intervals over repeats, a value from each.
 * @param repeats trusted, and measured under the same conditions
 * @param level of each interval
 */
export function levelIntervals(repeats: readonly DerivedCell[], level = LEVEL): LevelIntervals {
  const intervals: LevelIntervals = {};
  for (const metric of METRICS) {
    const values = repeats.flatMap((cell) => metric.valueOf(cell) ?? []);
    if (values.length < THRESHOLDS.intervals.minRepeats) continue;
    const interval = intervalOf(metric, values, level);
    if (interval !== null) intervals[metric.name] = interval;
  }
  return intervals;
}

function intervalOf({ scale }: Metric, values: readonly number[], level: number): MeanInterval | null {
  return scale === 'log' ? geometricInterval(values, level) : meanInterval(values, level);
}

/** Percentiles of the requests of several repeats, as if they were one long window. */
export interface PooledLatency {
  repeats: number;
  requests: number;
  p50: number;
  p95: number;
  p99: number;
}

/**
 * Add the repeats' histograms up. What differs from repeat to repeat widens the pooled distribution: it answers what one
 * request may take, and not how well a percentile is known.
 * @returns null for fewer than two repeats, or one without a histogram
 */
export function pooledLatency(repeats: readonly DerivedCell[]): PooledLatency | null {
  const [first, ...others] = repeats.map(({ latencyUs }) => histogramOf(latencyUs));
  if (first === undefined || first === null || others.length === 0) return null;
  for (const other of others) {
    if (other === null) return null;
    first.add(other);
  }
  const at = (q: number) => percentileUs(first, q);
  return { repeats: repeats.length, requests: first.totalCount, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Bounds of the percentiles whose course over the seconds is recorded. */
export interface WithinRun {
  p50: PercentileBounds | null;
  p99: PercentileBounds | null;
}

/** What one window alone says of its percentiles: a lower bound of the uncertainty. Null without a histogram. */
export function withinRun(cell: DerivedCell): WithinRun | null {
  const histogram = histogramOf(cell.latencyUs);
  if (histogram === null) return null;
  const whole = cumulativeCounts(histogram);
  return { p50: boundsOf(cell, whole, 0.5, 'p50Us'), p99: boundsOf(cell, whole, 0.99, 'p99Us') };
}

function boundsOf(cell: DerivedCell, whole: CumulativeCounts, q: number, key: 'p50Us' | 'p99Us') {
  const seconds = cell.seconds.filter(({ phase }) => phase === 'window');
  // The window's ends may cut a second off.
  const known = seconds.flatMap(({ ok, [key]: valueUs }) => (valueUs === null ? [] : { count: ok, valueUs }));
  return known.length < seconds.length ? null : percentileBounds(whole, q, wholeSeconds(known));
}

/** Without the last second, unless it is as full as the others. */
function wholeSeconds<T extends { count: number }>(seconds: readonly T[]): readonly T[] {
  const last = seconds.at(-1);
  const usual = mean(seconds.map(({ count }) => count));
  return last !== undefined && last.count < usual / 2 ? seconds.slice(0, -1) : seconds;
}

/** The requests behind a cell's percentiles; null where the engine kept none. */
export function histogramOf(latency: Latency | null): Histogram | null {
  const encoded = latency?.histogram ?? null;
  if (encoded === null) return null;
  try {
    return decodeHistogram(encoded);
  } catch {
    // A file that was changed by hand: the record's figures still stand.
    return null;
  }
}

/** How much CPU per request varies from repeat to repeat, as standard deviations of logarithms: about shares. */
export interface CpuSpread {
  raw: number;
  /** Where mock and engine had spent as much on a request in every repeat. */
  atEqualHarness: number;
}

/**
 * How much of the spread of a gateway's CPU per request is the machine's doing. Mock and engine do the same work in every
 * repeat, so what their CPU explains is not the gateway's. That describes the spread; it can't narrow the interval of the
 * mean, because nobody knows what mock and engine would spend on average (docs/methodology.md).
 * @returns null for fewer than four repeats that have both
 */
export function cpuSpread(repeats: readonly DerivedCell[]): CpuSpread | null {
  const known = repeats.flatMap(({ resources, machineSpeed: { harness } }) => {
    const cpuUs = resources.gateway?.cpuUsPerRequest ?? null;
    return cpuUs === null || cpuUs <= 0 || harness === null
      ? []
      : { value: Math.log(cpuUs), control: Math.log(harness) };
  });
  if (known.length < THRESHOLDS.intervals.minControlled) return null;
  const raw = meanInterval(known.map(({ value }) => value));
  const atEqual = controlledMean(known);
  return raw === null || atEqual === null ? null : { raw: raw.sd, atEqualHarness: atEqual.sd };
}
