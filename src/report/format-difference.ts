import type { LevelComparison, PairComparison } from '../analysis/comparisons.js';
import { metricNamed } from '../analysis/metrics.js';
import type { Interval } from '../analysis/statistics/interval.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import { formatDecimal, formatSignificant } from '../lib/format.js';

/** `nginx is 3.1 % faster than kong [1.9, 4.4]`, or why nothing may be said and what it would take. */
export function formatDifference(pair: PairComparison, level: LevelComparison): string {
  const { a, b, verdict, ratio } = pair;
  switch (verdict.kind) {
    case 'difference':
      return verdict.better === 'a' ? betterText(a, b, ratio, level) : betterText(b, a, inverse(ratio), level);
    case 'none':
      return `${a} and ${b}: no difference seen${whyNot(verdict.because, pair, level)}${outlook(verdict.repeatsNeeded, pair)}`;
    case 'unknown':
      return `${a} and ${b}: ${verdict.reason}`;
    default:
      return verdict satisfies never;
  }
}

function inverse(ratio: Interval | null): Interval | null {
  return ratio === null ? null : { estimate: 1 / ratio.estimate, low: 1 / ratio.high, high: 1 / ratio.low };
}

/** Above this a percentage is hard to read. */
const TIMES_FROM = 2;

/** @param ratio of the better one to the other; null where the other's overhead may be 0 */
function betterText(better: string, other: string, ratio: Interval | null, { metric }: LevelComparison): string {
  if (metric === 'rate') {
    if (ratio === null) return `${better} is faster than ${other}`;
    if (ratio.estimate >= TIMES_FROM) {
      return `${better} is ${times(ratio.estimate)} times as fast as ${other} [${times(ratio.low)}, ${times(ratio.high)}]`;
    }
    const { size, low, high } = percents(ratio.estimate - 1, ratio.low - 1, ratio.high - 1);
    return `${better} is ${size} % faster than ${other} [${low}, ${high}]`;
  }
  const { title } = metricNamed(metric);
  if (ratio === null) return `the ${title} of ${better} is lower than that of ${other}`;
  const { size, low, high } = percents(1 - ratio.estimate, 1 - ratio.high, 1 - ratio.low);
  return `the ${title} of ${better} is ${size} % lower than that of ${other} [${low}, ${high}]`;
}

/** All with as many decimals as the first needs for two digits. */
function percents(size: number, low: number, high: number) {
  const decimals = Math.abs(size) < 0.0995 ? (Math.abs(size) < 0.00995 ? 2 : 1) : 0;
  const text = (share: number) => formatDecimal(100 * share, decimals);
  return { size: text(size), low: text(low), high: text(high) };
}

function times(ratio: number): string {
  return formatDecimal(ratio, ratio < 10 ? 2 : 1);
}

function whyNot(
  because: 'interval' | 'multiplicity' | 'floor',
  { ratio, least }: PairComparison,
  { pairs }: LevelComparison,
): string {
  switch (because) {
    case 'interval':
      return '';
    case 'multiplicity':
      return ` (one of ${pairs.length} pairs may differ so much by chance)`;
    case 'floor': {
      if (least.of === 'rounding') return ' (too small to be called one)';
      const seen = ratio === null ? '' : `${formatSignificant(100 * Math.abs(ratio.estimate - 1), 2)} % is `;
      const share = `${formatSignificant(100 * least.share, 2)} %`;
      return least.of === 'noise'
        ? ` (${seen}within the noise floor of ${share})`
        : ` (${seen}less than one request more a VU in its window, ${share})`;
    }
    default:
      return because satisfies never;
  }
}

/** What more repeats would do. */
function outlook(needed: number | null, { blocks, least }: PairComparison): string {
  const target = Math.max(THRESHOLDS.comparison.targetShare, least.share);
  const share = `${formatSignificant(100 * target, 2)} %`;
  if (needed === null) return `; no number of repeats would show ${share}: they differ too much`;
  const more = needed - blocks;
  if (more <= 0) return `; one of ${share} would have shown`;
  return `; at least ${more} more ${more === 1 ? 'repeat' : 'repeats'} to see ${share}`;
}
