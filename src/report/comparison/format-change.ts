import type { MetricComparison } from '../../analysis/run-comparison/compare-runs.js';
import type { Method } from '../../analysis/run-comparison/measures.js';
import type { Interval } from '../../analysis/statistics/interval.js';
import { THRESHOLDS } from '../../analysis/thresholds.js';
import {
  ABSENT,
  formatDecimal,
  formatMicroseconds,
  formatMilliseconds,
  formatRate,
  formatSignificant,
  tabulateMebibytes,
} from '../../lib/format.js';

/** `1,514 req/s`, `61.3 ms`, `350 µs`, `206 MiB`; beside direct `0.985`. */
export function formatFigure({ metric, title, unit }: MetricComparison, value: number | undefined): string {
  if (value === undefined) return ABSENT;
  if (title.includes('/ direct')) return formatDecimal(value, 3);
  switch (unit) {
    case 'req/s':
      return `${formatRate(value)} req/s`;
    case 'bytes':
      return `${tabulateMebibytes(value)} MiB`;
    case 'µs':
      return metric === 'cpuUsPerRequest' ? formatMicroseconds(value) : formatMilliseconds(value);
    default:
      return unit satisfies never;
  }
}

/** `-3.1 % [-4.4, -1.9]`, of an overhead `+0.21 ms [0.1, 0.32]`. */
export function formatChange({ change, metric }: MetricComparison): string {
  if (change === null) return ABSENT;
  const isTime = metric === 'overheadP50' || metric === 'overheadP99';
  const { size, low, high } = isTime ? milliseconds(change) : percents(change);
  return `${signed(size)} ${isTime ? 'ms' : '%'} [${signed(low)}, ${signed(high)}]`;
}

function signed(text: string): string {
  return /^-|^0(\.0+)?$/.test(text) ? text : `+${text}`;
}

/** As many decimals as the narrower half of the interval needs for two digits, at most three. */
function decimalsFor({ estimate, low, high }: Interval, scale: number): number {
  const half = Math.min(estimate - low, high - estimate) * scale;
  return half <= 0 ? 1 : Math.min(3, Math.max(0, 1 - Math.floor(Math.log10(half))));
}

function texts(interval: Interval, scale: number) {
  const decimals = decimalsFor(interval, scale);
  const text = (value: number) => formatDecimal(value * scale, decimals);
  return { size: text(interval.estimate), low: text(interval.low), high: text(interval.high) };
}

const percents = (change: Interval) => texts(change, 100);
const milliseconds = (change: Interval) => texts(change, 1 / 1000);

/** `worse`, or `inconclusive: at least 4 more repeats`. */
export function formatVerdict({ verdict, base, head }: MetricComparison, method: Method): string {
  if (verdict.kind !== 'inconclusive') return verdict.kind;
  const unit = method === 'runs' ? 'run' : method === 'blocks' ? 'block' : 'repeat';
  const count = (n: number) => `${n} ${n === 1 ? unit : `${unit}s`}`;
  const counts = [base?.n ?? 0, head?.n ?? 0];
  const have = method === 'runs' ? Math.max(...counts) : Math.min(...counts);
  const { because, repeatsNeeded } = verdict;
  if (because === 'few')
    return `inconclusive: ${have} trusted ${have === 1 ? unit : `${unit}s`}, ${THRESHOLDS.intervals.minRepeats} are needed`;
  const more =
    repeatsNeeded === null
      ? 'too near the bound for any number of repeats'
      : `at least ${count(Math.max(1, repeatsNeeded - have))} more${method === 'blocks' ? '' : ' each'}`;
  return `inconclusive: ${because === 'multiplicity' ? 'one of so many may differ so much by chance; ' : ''}${more}`;
}

/** `rate 3.1 % lower`, for a headline. */
export function formatShortChange(metric: MetricComparison): string {
  const { change, title } = metric;
  if (change === null) return title;
  const isTime = metric.metric === 'overheadP50' || metric.metric === 'overheadP99';
  const size = Math.abs(change.estimate);
  const text = isTime ? formatMilliseconds(size) : `${formatSignificant(100 * size, 2)} %`;
  return `${title} ${text} ${change.estimate < 0 ? 'lower' : 'higher'}`;
}
