import type { LevelComparison, PairComparison, Rank } from '../analysis/comparisons.js';
import { METRICS, metricNamed } from '../analysis/metrics.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { ABSENT, formatLevel, formatRate, formatSignificant } from '../lib/format.js';
import type { MetricName } from '../model/metric.js';
import type { Run } from '../model/run.js';
import { formatDifference } from './format-difference.js';
import { formatRatio, formatRelative } from './format-interval.js';
import { columns, type Section } from './section.js';

/** Said once, above the levels. */
export function differencesLead({ aa }: Run, comparisons: readonly LevelComparison[]): string[] {
  const floors = comparisons.flatMap(({ floorShare }) => floorShare ?? []);
  const floor =
    floors.length === 0
      ? 'This machine’s noise floor was not measured under these conditions (gatebench bench --aa), so a small difference may still be what two measurements of one gateway differ by.'
      : `No difference within the noise floor is called one: what two measurements of one gateway differed by on this machine (${percentRange(floors)}).`;
  return [
    'Ratios of the row’s rate to the column’s, with 95 % intervals from pairs within a block (t on logarithms). * marks a difference; ' +
      'it is called one only where the t test’s p is at most 5 % after Holm’s adjustment for all pairs of the metric at that VU level: so in at most ' +
      'one of twenty levels any difference is called that isn’t there. A rank is every place that the differences leave open.',
    aa === null ? floor : `${aa.copy} is ${aa.gateway} once more: what the two differ by is this machine’s noise.`,
  ];
}

function percentRange(shares: readonly number[]): string {
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => formatSignificant(100 * share, 2));
  return least === most ? `${most} %` : `${least} to ${most} %`;
}

/** Above this, only neighbours in the order get a sentence: the matrix has all pairs. */
const MAX_SENTENCES = 6;

/** A VU level's differences. */
export interface DifferenceSections {
  /** Ranks, ratios of the rate, and a sentence a pair. */
  rate: Section | null;
  /** Every pair by the other metrics: a wide table. */
  others: Section | null;
}

/** For each VU level that has any. */
export function differenceSections(
  comparisons: readonly LevelComparison[],
  summaries: readonly GatewaySummary[],
): DifferenceSections[] {
  return [...new Set(comparisons.map(({ vus }) => vus))].map((vus) => {
    const own = comparisons.filter((each) => each.vus === vus);
    const rate = own.find(({ metric }) => metric === 'rate');
    const others = own.filter(({ metric }) => metric !== 'rate');
    return {
      rate: rate === undefined ? null : rateSection(rate, summaries),
      others: others.length === 0 ? null : otherMetricsSection(vus, others),
    };
  });
}

function rateSection(level: LevelComparison, summaries: readonly GatewaySummary[]): Section {
  const { vus, model, ranks, pairs } = level;
  const shown = ranks.slice(1);
  const rows = ranks.map((rank) => [
    formatRank(rank),
    rank.label,
    rateOf(rank.label, vus, summaries),
    ...shown.map(({ label }) => ratioCell(pairs.find(({ a, b }) => a === rank.label && b === label))),
  ]);
  const told = pairs.length <= MAX_SENTENCES ? pairs : pairs.filter((pair) => areNeighbours(pair, ranks));
  return {
    title: `Rate at ${formatLevel(vus, model)}`,
    lead: [],
    table: { columns: columns(['Rank', 'Gateway', 'req/s', ...shown.map(({ label }) => `/ ${label}`)], 2), rows },
    notes: told.map((pair) => `${formatDifference(pair, level)}.`),
  };
}

function areNeighbours({ a, b }: PairComparison, ranks: readonly Rank[]): boolean {
  const at = ranks.findIndex(({ label }) => label === a);
  return ranks[at + 1]?.label === b;
}

/** `1`, or `1–2` where it can't be told apart from another. */
function formatRank({ best, worst }: Rank): string {
  return best === worst ? String(best) : `${best}–${worst}`;
}

function rateOf(label: string, vus: number, summaries: readonly GatewaySummary[]): string {
  const summary = summaries.find((each) => each.label === label);
  const interval = summary?.levels.find((level) => level.vus === vus)?.intervals.rate;
  return interval === undefined ? ABSENT : formatRelative(interval, formatRate);
}

function ratioCell(pair: PairComparison | undefined): string {
  if (pair === undefined) return '';
  if (pair.ratio === null) return ABSENT;
  return `${formatRatio(pair.ratio)}${pair.verdict.kind === 'difference' ? ' *' : ''}`;
}

const SHOWN: readonly MetricName[] = ['p50', 'p99', 'overheadP50', 'cpuUsPerRequest', 'rss', 'pss'];

/** A row a pair, a column a metric. */
function otherMetricsSection(vus: number, levels: readonly LevelComparison[]): Section {
  const shown = METRICS.filter(({ name }) => SHOWN.includes(name) && levels.some(({ metric }) => metric === name));
  const names = [...new Set(levels.flatMap(({ ranks }) => ranks.map(({ label }) => label)))];
  const isControlled = levels.some(
    ({ metric, pairs }) => metric === 'cpuUsPerRequest' && pairs.some(({ controlled }) => controlled !== null),
  );
  const rows = names.flatMap((a, at) =>
    names
      .slice(at + 1)
      .map((b) => [
        `${a} / ${b}`,
        ...shown.map(({ name }) => ratioCell(pairIn(levels, name, a, b))),
        ...(isControlled ? [controlledCell(pairIn(levels, 'cpuUsPerRequest', a, b))] : []),
      ]),
  );
  const titles = [
    'Ratio',
    ...shown.map(({ title }) => title),
    ...(isControlled ? [`${metricNamed('cpuUsPerRequest').title}, adjusted`] : []),
  ];
  return {
    title: `Latency and resources at ${formatLevel(vus, levels[0]?.model ?? 'closed')}`,
    lead: [],
    table: { columns: columns(titles, 1), rows },
    notes: isControlled
      ? [
          'Adjusted: at equal speed of the machine before each cell, as the kernels measured it (control variate, n - 2 degrees of freedom). ' +
            'What is called a difference rests on the raw ratio.',
        ]
      : [],
  };
}

/** The pair as a over b, whichever way round it was compared. */
function pairIn(
  levels: readonly LevelComparison[],
  name: MetricName,
  a: string,
  b: string,
): PairComparison | undefined {
  const pairs = levels.find(({ metric }) => metric === name)?.pairs ?? [];
  const found = pairs.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
  if (found === undefined || found.a === a) return found;
  const { ratio, controlled } = found;
  return { ...found, a, b, ratio: turned(ratio), controlled: turned(controlled) };
}

function turned<T extends { estimate: number; low: number; high: number }>(interval: T | null): T | null {
  return interval === null
    ? null
    : { ...interval, estimate: 1 / interval.estimate, low: 1 / interval.high, high: 1 / interval.low };
}

function controlledCell(pair: PairComparison | undefined): string {
  return pair?.controlled == null ? ABSENT : formatRatio(pair.controlled);
}
