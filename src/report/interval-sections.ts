import { intervalLevel } from '../analysis/interval-level.js';
import {
  cpuSpread,
  type PooledLatency,
  pooledLatency,
  type WithinRun,
  withinRun,
} from '../analysis/level-intervals.js';
import type { MeanInterval } from '../analysis/statistics/interval.js';
import type { PercentileBounds } from '../analysis/statistics/percentile-bounds.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import { formatTargetState, targetStates } from '../analysis/until-known.js';
import {
  ABSENT,
  formatDecimal,
  formatLevel,
  formatRate,
  formatShare,
  tabulateMebibytes,
  tabulateMilliseconds,
} from '../lib/format.js';
import { levelTitle } from '../model/load-level.js';
import type { MetricName } from '../model/metric.js';
import type { Run } from '../model/run.js';
import { Footnotes } from './footnotes.js';
import { formatAbsolute, formatRelative } from './format-interval.js';
import { columns, type Section } from './section.js';
import { marked, nameAndVersion } from './throughput-table.js';

/** What repeats, their requests together, and one window say of a level. Histograms are decoded for it: once a report. */
export interface LevelSpread {
  pooled: PooledLatency | null;
  within: WithinRun | null;
}

export type SpreadOf = (level: LevelSummary) => LevelSpread;

/** Decodes each level's histograms when they are first asked for. */
export function spreads(): SpreadOf {
  const known = new Map<LevelSummary, LevelSpread>();
  return (level) => {
    const found = known.get(level);
    if (found !== undefined) return found;
    const trusted = level.shown?.outcome.kind === 'ok' ? level.shown : null;
    const spread = {
      // Requests of two runs are no one distribution: what differs between the runs would be in it.
      pooled: areOfOneRun(level) ? pooledLatency(level.comparable) : null,
      within: trusted === null ? null : withinRun(trusted),
    };
    known.set(level, spread);
    return spread;
  };
}

function areOfOneRun({ comparable }: LevelSummary): boolean {
  return new Set(comparable.map(({ pooledFrom }) => pooledFrom?.runId)).size <= 1;
}

/** Said once, above the gateways. */
export function intervalsLead(run: Run, summaries: readonly GatewaySummary[]): string[] {
  return [...INTERVALS_LEAD, ...untilRemarks(run, summaries)];
}

/** How a run that went on until its figures were known came out. */
function untilRemarks(run: Run, summaries: readonly GatewaySummary[]): string[] {
  if (run.until === null) return [];
  const { maxRepeats } = run.until;
  const states = targetStates(run, summaries);
  const open = states.filter(({ reached }) => !reached);
  const level = formatDecimal(100 * intervalLevel(run), 1);
  return [
    `Repeats went on until enough was known, ${maxRepeats} at most, so these are repeated confidence intervals: of ${level} % each, so that all looks at them ` +
      'together cover with 95 %, and p values are those of all looks.',
    open.length === 0
      ? `All ${states.length} targets were reached.`
      : `Not reached: ${open.map(formatTargetState).join('. ')}.`,
  ];
}

const INTERVALS_LEAD = [
  '± is half of the 95 % interval over repeats: Student’s t on the logarithms of each repeat’s figure, for overheads on the figures themselves. ' +
    'The estimate is the geometric mean, of overheads the mean. It takes for granted that repeats don’t depend on one another and don’t fall into two groups.',
  '“All requests” are percentiles of the repeats’ histograms added up: what a request may take, not how well a percentile is known. “One window” bounds ' +
    'the percentiles of the repeat shown above by its own requests (Hahn and Meeker, batch means): a lower bound of the uncertainty, because it knows nothing of what differs from run to run.',
];

const MILLISECONDS = tabulateMilliseconds;
const COLUMNS: readonly [title: string, metric: MetricName, format: (value: number) => string][] = [
  ['RPS', 'rate', formatRate],
  ['p50', 'p50', MILLISECONDS],
  ['p95', 'p95', MILLISECONDS],
  ['p99', 'p99', MILLISECONDS],
  ['+p50', 'overheadP50', MILLISECONDS],
  ['+p99', 'overheadP99', MILLISECONDS],
  ['CPU µs/req', 'cpuUsPerRequest', (us) => formatDecimal(us, us < 10 ? 1 : 0)],
  ['RSS MiB', 'rss', tabulateMebibytes],
  ['PSS MiB', 'pss', tabulateMebibytes],
];

/** One gateway's intervals; null where there are none. */
export function intervalSection(summary: GatewaySummary, spreadOf: SpreadOf): Section | null {
  const footnotes = new Footnotes();
  const rows = summary.levels.flatMap((level) => levelRows(level, spreadOf(level), footnotes));
  if (rows.length === 0) return null;
  return {
    title: nameAndVersion(summary),
    lead: [],
    table: {
      columns: columns([levelTitle(summary.levels[0]?.model ?? 'closed'), 'Of', ...COLUMNS.map(([title]) => title)], 2),
      rows,
    },
    notes: footnotes.lines(),
  };
}

function levelRows(level: LevelSummary, { pooled, within }: LevelSpread, footnotes: Footnotes): string[][] {
  const { intervals, comparable } = level;
  const bounded = within !== null && (within.p50 !== null || within.p99 !== null);
  const rows = [
    ...(Object.keys(intervals).length === 0
      ? []
      : [[`${comparable.length} repeats`, ...betweenRuns(level, footnotes)]]),
    ...(pooled === null ? [] : [['all requests', ...latencyCells(pooled.p50, pooled.p95, pooled.p99)]]),
    ...(bounded ? [['one window, at least', ...latencyTexts(range(within.p50), ABSENT, range(within.p99))]] : []),
  ];
  return rows.map((row, at) => [at === 0 ? String(level.vus) : '', ...row]);
}

function betweenRuns(level: LevelSummary, footnotes: Footnotes): string[] {
  return COLUMNS.map(([, metric, format]) => {
    const interval = level.intervals[metric];
    if (interval === undefined) return ABSENT;
    const text = intervalText(metric, interval, format);
    const few = interval.n < level.comparable.length ? [`Of ${interval.n} repeats only: the others lack it.`] : [];
    const spread = metric === 'cpuUsPerRequest' ? spreadRemarks(level) : [];
    return marked(text, footnotes.mark([...few, ...spread]));
  });
}

function intervalText(metric: MetricName, interval: MeanInterval, format: (value: number) => string): string {
  const plain = metric === 'overheadP50' || metric === 'overheadP99';
  return plain ? formatAbsolute(interval, format) : formatRelative(interval, format);
}

function spreadRemarks({ vus, model, comparable }: LevelSummary): string[] {
  const spread = cpuSpread(comparable);
  if (spread === null) return [];
  const varied = `At ${formatLevel(vus, model)}, CPU per request varied by ${formatShare(spread.raw)} from repeat to repeat`;
  if (spread.atEqualHarness > 0.8 * spread.raw)
    return [`${varied}, which the CPU per request of mock and engine doesn’t explain.`];
  return [
    `${varied}, and by ${formatShare(spread.atEqualHarness)} at equal CPU per request of mock and engine: the rest was the machine. ` +
      'That doesn’t narrow the interval, because what mock and engine would spend on average isn’t known.',
  ];
}

function range(bounds: PercentileBounds | null): string {
  return bounds === null ? ABSENT : `${MILLISECONDS(bounds.lowUs)}–${MILLISECONDS(bounds.highUs)}`;
}

function latencyCells(p50: number, p95: number, p99: number): string[] {
  return latencyTexts(MILLISECONDS(p50), MILLISECONDS(p95), MILLISECONDS(p99));
}

/** Percentiles in their columns, and nothing in the others. */
function latencyTexts(p50: string, p95: string, p99: string): string[] {
  const texts: Partial<Record<MetricName, string>> = { p50, p95, p99 };
  return COLUMNS.map(([, metric]) => texts[metric] ?? '');
}
