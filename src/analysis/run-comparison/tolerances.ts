import { UsageError } from '../../lib/errors.js';
import { formatList } from '../../lib/format.js';
import { MetricName } from '../../model/metric.js';
import { metricNamed } from '../metrics.js';
import { THRESHOLDS } from '../thresholds.js';

/** How much worse a metric may get. */
export interface Tolerance {
  metric: MetricName;
  /** As it was written: `rate<-3%`. */
  text: string;
  /** A share of the base's figure, or a time. Both are above or at 0: how much worse. */
  bound: { kind: 'share'; share: number } | { kind: 'time'; us: number };
}

const PATTERN = /^\s*([A-Za-z0-9]+)\s*([<>])\s*([+-]?)\s*(\d+(?:\.\d+)?)\s*(%|us|µs|μs|ms)\s*$/;
const EXAMPLES = 'write them such as rate<-3% p99>+5% cpuUsPerRequest>+5% overheadP50>+0.2ms';

/**
 * `rate<-3%`: fail where the rate is more than 3 % lower; `p99>+5%`: where p99 is more than 5 % higher; `overheadP50>+0.2ms`.
 * @throws UsageError for what is none, and for one in the direction in which the metric gets better
 */
export function parseTolerance(text: string): Tolerance {
  const [, name, comparison, sign, digits = '', unit] = PATTERN.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`"${text}" is not a tolerance`, EXAMPLES);
  const metric = MetricName.options.find((each) => each.toLowerCase() === name.toLowerCase());
  if (metric === undefined) {
    throw new UsageError(`"${text}": no metric is named ${name}`, `metrics are ${formatList(MetricName.options)}`);
  }
  const size = Number(digits);
  const { better, scale } = metricNamed(metric);
  const wanted = better === 'more' ? '<-' : '>+';
  // A plus may be left out; `rate<3%` could mean anything.
  if (`${comparison}${sign || (comparison === '>' ? '+' : '')}` !== wanted) {
    const worse = better === 'more' ? 'falls' : 'rises';
    throw new UsageError(
      `"${text}": ${metric} gets worse where it ${worse}`,
      `write ${metric}${wanted}${digits}${unit}`,
    );
  }
  if (unit === '%') {
    if (better === 'more' && size >= 100) throw new UsageError(`"${text}": nothing falls by more than 100 %`, EXAMPLES);
    return { metric, text: text.trim(), bound: { kind: 'share', share: size / 100 } };
  }
  if (scale !== 'plain') {
    throw new UsageError(
      `"${text}": ${metric} takes a percentage`,
      `write ${metric}${wanted}5%; times are for overheads`,
    );
  }
  return { metric, text: text.trim(), bound: { kind: 'time', us: unit === 'ms' ? size * 1000 : size } };
}

/** @throws UsageError for a tolerance that is none, or a second one for a metric */
export function parseTolerances(texts: readonly string[]): Tolerance[] {
  const tolerances = texts.map(parseTolerance);
  for (const [at, { metric, text }] of tolerances.entries()) {
    const earlier = tolerances.slice(0, at).find((other) => other.metric === metric);
    if (earlier !== undefined) {
      throw new UsageError(`${earlier.text} and ${text} are both for ${metric}`, 'give one tolerance for each metric');
    }
  }
  return tolerances;
}

/** What a comparison is judged by unless it is told otherwise. */
export const DEFAULT_TOLERANCES: readonly Tolerance[] = [
  defaultTolerance('rate', '<-'),
  defaultTolerance('p99', '>+'),
  defaultTolerance('cpuUsPerRequest', '>+'),
  defaultTolerance('rss', '>+'),
];

function defaultTolerance(metric: MetricName, comparison: string): Tolerance {
  const share = THRESHOLDS.runComparison.toleranceShare[metric];
  return { metric, text: `${metric}${comparison}${Math.round(share * 1000) / 10}%`, bound: { kind: 'share', share } };
}

/** The tolerance for a metric, or its default one where it isn't among those that decide. */
export function toleranceFor(metric: MetricName, tolerances: readonly Tolerance[]): Tolerance {
  return (
    tolerances.find((each) => each.metric === metric) ??
    defaultTolerance(metric, metricNamed(metric).better === 'more' ? '<-' : '>+')
  );
}

/**
 * The tolerance on the scale on which the metric is compared, above or at 0.
 * @param baseMean on that scale
 */
export function marginOf({ metric, bound }: Tolerance, baseMean: number): number {
  const { better, scale } = metricNamed(metric);
  if (bound.kind === 'time') return bound.us;
  if (scale === 'plain') return bound.share * Math.abs(baseMean);
  return better === 'more' ? -Math.log1p(-bound.share) : Math.log1p(bound.share);
}
