import { vuLevels } from '../../analysis/summary.js';
import {
  formatDecimal,
  formatLevel,
  formatList,
  formatRate,
  tabulateMebibytes,
  tabulateMilliseconds,
} from '../../lib/format.js';
import type { MetricName } from '../../model/metric.js';
import type { DerivedReport } from '../sections.js';
import { titleOf } from './fastest.js';
import { contenders, type Standing, standingAt } from './standing.js';

/** The best gateway by one metric. */
export interface BestFigure {
  /** `Least CPU per request`. */
  title: string;
  gateway: string;
  /** `46.6 µs`. */
  value: string;
  /** Where, and how surely. */
  note: string;
}

const FIGURES: readonly [title: string, metric: MetricName, at: 'fewest' | 'most', (value: number) => string][] = [
  ['Highest rate', 'rate', 'most', (value) => `${formatRate(value)} req/s`],
  ['Least added latency, p50', 'overheadP50', 'fewest', addedMs],
  ['Least added latency, p99', 'overheadP99', 'fewest', addedMs],
  ['Least CPU per request', 'cpuUsPerRequest', 'most', (value) => `${formatDecimal(value, value < 100 ? 1 : 0)} µs`],
  ['Least memory', 'rss', 'most', (value) => `${tabulateMebibytes(value)} MiB`],
];

function addedMs(us: number): string {
  return `${us >= 0 ? '+' : ''}${tabulateMilliseconds(us)} ms`;
}

/** The best by each metric, at the fewest or the most VUs that have figures of more than one gateway; none of a single gateway. */
export function bestFigures(report: DerivedReport): BestFigure[] {
  if (contenders(report).length < 2) return [];
  const levels = vuLevels(report.summaries);
  return FIGURES.flatMap(([title, metric, at, format]) => {
    const standings = levels.map((vus) => standingAt(report, metric, vus)).filter(({ order }) => order.length > 1);
    const standing = at === 'fewest' ? standings[0] : standings.at(-1);
    const [first] = standing?.order ?? [];
    if (standing === undefined || first === undefined) return [];
    const note = `at ${formatLevel(formatDecimal(standing.vus, 0), standing.model)}; ${sureness(standing)}`;
    return [{ title, gateway: titleOf(first), value: format(first.value), note }];
  });
}

function sureness({ leading, order }: Standing): string {
  const [first, second] = order;
  if (leading === null) return `next ${second === undefined ? '' : titleOf(second)}, chance not known`;
  const others = leading.filter((placed) => placed !== first);
  if (others.length === 0) return 'better than all others for sure';
  return `not told apart from ${formatList(others.map(titleOf))}`;
}
