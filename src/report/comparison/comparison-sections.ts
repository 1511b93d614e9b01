import type {
  CellComparison,
  ComparisonVerdict,
  MetricComparison,
  RunComparison,
} from '../../analysis/run-comparison/compare-runs.js';
import type { Method } from '../../analysis/run-comparison/measures.js';
import { formatLevel, formatList } from '../../lib/format.js';
import { levelTitle } from '../../model/load-level.js';
import type { Run } from '../../model/run.js';
import { formatMachineClass } from '../format-machine.js';
import { columns, type Section } from '../section.js';
import { formatChange, formatFigure, formatShortChange, formatVerdict } from './format-change.js';

/** A comparison and what it came from. */
export interface ComparisonReport {
  comparison: RunComparison;
  base: readonly Run[];
  head: readonly Run[];
  notes: readonly string[];
}

const HEADLINES: Record<ComparisonVerdict, string> = {
  worse: 'Worse',
  inconclusive: 'Inconclusive',
  better: 'Better',
  same: 'No regression',
};

/** `Worse: nginx at 50 VUs, rate 12 % lower`. */
export function comparisonHeadline({ verdict, cells }: RunComparison): string {
  const own = cells.filter(({ isDirect }) => !isDirect);
  const parts = own.flatMap((cell) => {
    const broken = cell.outcome?.verdict === verdict ? [cell.outcome.text] : [];
    const found = cell.metrics.filter((metric) => metric.decides && isOf(metric, verdict));
    const texts = [...broken, ...found.map((metric) => headlineOf(metric, verdict))];
    return texts.length === 0 || verdict === 'same' ? [] : [`${cellTitle(cell)}, ${formatList(texts)}`];
  });
  const shown = parts.slice(0, 3);
  const rest = parts.length - shown.length;
  const tail = rest > 0 ? `; and ${rest} more` : '';
  return `${HEADLINES[verdict]}${shown.length === 0 ? '' : `: ${shown.join('; ')}${tail}`}`;
}

/** What surely isn't worse is no reason for an inconclusive comparison. */
function isOf({ verdict: own }: MetricComparison, verdict: ComparisonVerdict): boolean {
  return own.kind === verdict && (own.kind !== 'inconclusive' || own.maybeWorse);
}

function headlineOf(metric: MetricComparison, verdict: ComparisonVerdict): string {
  return verdict === 'inconclusive' ? metric.title : formatShortChange(metric);
}

/** `nginx at 50 VUs`, or `nginx:base → nginx:head at 50 VUs`. */
export function cellTitle({ base, head, vus, model }: CellComparison): string {
  return `${base === head ? base : `${base} → ${head}`} at ${formatLevel(vus, model)}`;
}

/** The verdict with what it rests on; what decides; everything else. */
export interface ComparisonSections {
  summary: Section;
  deciding: Section;
  others: Section;
}

export function comparisonSections(report: ComparisonReport): ComparisonSections {
  const { comparison } = report;
  const { method } = comparison;
  const isDeciding = (cell: CellComparison, metric: MetricComparison) => metric.decides && !cell.isDirect;
  return {
    summary: {
      title: comparisonHeadline(comparison),
      lead: [whatWasCompared(report), METHODS[method], rules(comparison)],
      table: null,
      notes: [...controlNotes(comparison), ...report.notes, ...leftOut(comparison), ...shapeNotes(comparison)],
    },
    deciding: {
      title: 'What decides',
      lead: [],
      table: metricTable(comparison, isDeciding, true),
      notes: [...outcomeNotes(comparison), ...untrustedNotes(comparison)],
    },
    others: {
      title: 'All other metrics',
      lead: ['Each judged by itself; none of them decides.'],
      table: metricTable(comparison, (cell, metric) => !isDeciding(cell, metric), false),
      notes: [],
    },
  };
}

function whatWasCompared({ base, head, comparison }: ComparisonReport): string {
  const ids = (runs: readonly Run[]) =>
    runs.length > 2
      ? `${runs.length} runs, ${runs[0]?.id} to ${runs.at(-1)?.id}`
      : formatList(runs.map(({ id }) => id));
  const machine = (runs: readonly Run[]) => (runs[0] === undefined ? '' : ` (${formatMachineClass(runs[0].machine)})`);
  if (comparison.method === 'blocks') return `Two gateways of ${ids(base)}${machine(base)}.`;
  if (comparison.acrossMachines) return `Base: ${ids(base)}${machine(base)}. Head: ${ids(head)}${machine(head)}.`;
  return `Base: ${ids(base)}. Head: ${ids(head)}. Both${machine(base)}.`;
}

const METHODS: Record<Method, string> = {
  blocks: 'Pairs within blocks: what the machine did to one of the two it did to the other.',
  repeats:
    'Repeats of one run against repeats of another (Welch): whatever changed on the machine between the two runs is in the differences. Only gateways of one run, interleaved, are free of that.',
  runs: 'Each run is one value (Welch), so the intervals know what differs from run to run.',
};

function rules({ tolerances, acrossMachines }: RunComparison): string {
  const beside = acrossMachines
    ? 'Of two machines only figures beside those of direct at the same load are compared, and shapes: both still depend on the machine. '
    : '';
  return `${beside}Worse: more than the tolerance (${formatList(tolerances.map(({ text }) => text))}) for sure, with at most 2.5 % for any false one among all that decide (Holm). Better: better at all, for sure. Same: the 95 % interval lies within the tolerance either way.`;
}

function metricTable(
  { cells, method }: RunComparison,
  isShown: (cell: CellComparison, metric: MetricComparison) => boolean,
  withTolerance: boolean,
): Section['table'] {
  const rows = cells.flatMap((cell) =>
    cell.metrics
      .filter((metric) => isShown(cell, metric))
      .map((metric) => [
        cell.base === cell.head ? cell.base : `${cell.base} → ${cell.head}`,
        String(cell.vus),
        metric.title,
        formatFigure(metric, metric.base?.estimate),
        formatFigure(metric, metric.head?.estimate),
        formatChange(metric),
        ...(withTolerance ? [metric.tolerance] : []),
        formatVerdict(metric, method),
      ]),
  );
  if (rows.length === 0) return null;
  const titles = [
    'Gateway',
    levelTitle(cells[0]?.model ?? 'closed'),
    'Metric',
    'Base',
    'Head',
    'Change [95 %]',
    ...(withTolerance ? ['Fail if'] : []),
    'Verdict',
  ];
  const table = columns(titles, 0);
  const words = new Set(['Gateway', 'Metric', 'Fail if', 'Verdict']);
  return { columns: table.map((column) => (words.has(column.title) ? { ...column, align: 'left' } : column)), rows };
}

function outcomeNotes({ cells }: RunComparison): string[] {
  return cells.flatMap((cell) =>
    cell.outcome === null ? [] : [`${cellTitle(cell)}: ${cell.outcome.verdict}: ${cell.outcome.text}.`],
  );
}

function untrustedNotes({ cells }: RunComparison): string[] {
  return cells.flatMap((cell) =>
    (['base', 'head'] as const).flatMap((side) => {
      const text = cell.untrusted[side];
      return text === null ? [] : [`${cellTitle(cell)}, ${side}: ${text}.`];
    }),
  );
}

/** Direct has no gateway in it. Where it differs, the machine, the engine or the mock did. */
function controlNotes({ cells }: RunComparison): string[] {
  const shown = ['rate', 'p50', 'p99'];
  return cells
    .filter(({ isDirect }) => isDirect)
    .flatMap((cell) => {
      const moved = cell.metrics.filter(
        ({ metric, verdict }) => shown.includes(metric) && (verdict.kind === 'worse' || verdict.kind === 'better'),
      );
      if (moved.length === 0) return [];
      const changes = formatList(moved.map((metric) => `${metric.title} ${formatChange(metric)}`));
      return [
        `Without any gateway (${cellTitle(cell)}) it differs too: ${changes}. That is the machine, the engine or the mock, and is in the gateways’ differences.`,
      ];
    });
}

function leftOut({ unmeasured, unmatched }: RunComparison): string[] {
  const list = formatList;
  return [
    ...(unmeasured.length === 0 ? [] : [`Not measured in the head, so not known: ${list(unmeasured)}.`]),
    ...(unmatched.base.length === 0 ? [] : [`Only in the base: ${list(unmatched.base)}.`]),
    ...(unmatched.head.length === 0 ? [] : [`Only in the head: ${list(unmatched.head)}.`]),
  ];
}

function shapeNotes({ shapes }: RunComparison): string[] {
  const name = (shape: string | null) => shape ?? 'unknown';
  return shapes.map(({ base, head }) =>
    base.shape === head.shape
      ? `Shape of ${head.label}: ${name(head.shape)} on both.`
      : `Shape of ${head.label}: ${name(base.shape)} in the base, ${name(head.shape)} in the head.`,
  );
}
