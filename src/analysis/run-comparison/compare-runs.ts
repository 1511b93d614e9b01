import { formatLevel } from '../../lib/format.js';
import type { LoadModel } from '../../model/load-level.js';
import type { MetricName } from '../../model/metric.js';
import type { MeasuredRun } from '../claim-verdicts.js';
import type { FloorOf } from '../comparisons.js';
import type { DerivedCell } from '../derive-run.js';
import { leastDifference } from '../least-difference.js';
import { shapedCurves } from '../shaped-curves.js';
import type { Interval } from '../statistics/interval.js';
import type { GatewaySummary } from '../summary.js';
import { type Judged, judgeTogether, type MetricVerdict } from './judge.js';
import {
  DIRECT_MEASURES,
  type Figure,
  MEASURES,
  type Measure,
  type MeasuredDifference,
  type Method,
  measureDifference,
  type SideLevel,
} from './measures.js';
import { type OutcomeChange, outcomeChange, untrustedText } from './outcomes.js';
import { marginOf, type Tolerance, toleranceFor } from './tolerances.js';

/** Two sides, each of one run or several. */
export interface ComparisonInput {
  base: readonly MeasuredRun[];
  head: readonly MeasuredRun[];
  method: Method;
  /** Labels of a gateway on the base's side and of one on the head's; null to compare each gateway with itself. */
  between: readonly [base: string, head: string] | null;
  /** Only what two machines have in common: figures beside those of direct, and shapes. */
  acrossMachines: boolean;
  tolerances: readonly Tolerance[];
  floorOf?: FloorOf;
}

/** One metric of a cell. */
export interface MetricComparison {
  metric: MetricName;
  title: string;
  unit: Measure['unit'];
  base: Figure | null;
  head: Figure | null;
  /** Head beside base, 95 %: a share (-0.03 is 3 % lower), of overheads a time in microseconds. Null for too few values. */
  change: Interval | null;
  tolerance: string;
  /** Whether it decides the comparison's verdict. */
  decides: boolean;
  verdict: MetricVerdict;
}

/** A gateway at a level of load. */
export interface CellComparison {
  base: string;
  head: string;
  /** As a level's summary has it: runs of two models don't compare. */
  vus: number;
  model: LoadModel;
  /** Direct shows what changed beside the gateways, and decides nothing. */
  isDirect: boolean;
  outcome: OutcomeChange | null;
  /** Why repeats of a side count for nothing; null where all do. */
  untrusted: { base: string | null; head: string | null };
  metrics: MetricComparison[];
}

export interface ShapeComparison {
  base: { label: string; shape: string | null };
  head: { label: string; shape: string | null };
}

export type ComparisonVerdict = 'worse' | 'inconclusive' | 'better' | 'same';

export interface RunComparison {
  verdict: ComparisonVerdict;
  method: Method;
  acrossMachines: boolean;
  tolerances: readonly Tolerance[];
  cells: CellComparison[];
  /** With three VU levels and more; only across machines. */
  shapes: ShapeComparison[];
  /** Cells that the head was to measure and didn't: what they would show isn't known. */
  unmeasured: string[];
  /** Cells that only one side has. */
  unmatched: { base: string[]; head: string[] };
}

/** Compare two sides cell by cell. What doesn't compare has been refused before. */
export function compareRuns(input: ComparisonInput): RunComparison {
  const { method, acrossMachines, tolerances } = input;
  const matched = matchCells(input);
  const cells = judgeCells(matched, input);
  const shapes = acrossMachines ? shapeComparisons(input) : [];
  const { unmeasured, unmatched } = missingCells(matched, input);
  const verdict = overallVerdict(cells, unmeasured);
  return { verdict, method, acrossMachines, tolerances, cells, shapes, unmeasured, unmatched };
}

interface MatchedCell {
  labels: readonly [base: string, head: string];
  vus: number;
  isDirect: boolean;
  base: SideLevel[];
  head: SideLevel[];
}

function matchCells({ base, head, between, acrossMachines }: ComparisonInput): MatchedCell[] {
  const pairs = between === null ? labelsOf(base).map((label) => [label, label] as const) : [between];
  return pairs.flatMap((labels) =>
    vusOf(base, labels[0]).flatMap((vus) => {
      const [ours, theirs] = [sideLevels(base, labels[0], vus), sideLevels(head, labels[1], vus)];
      const isDirect = isDirectIn(base, labels[0]);
      if (ours.length === 0 || theirs.length === 0 || (isDirect && acrossMachines)) return [];
      return [{ labels, vus, isDirect, base: ours, head: theirs }];
    }),
  );
}

function labelsOf(side: readonly MeasuredRun[]): string[] {
  return [...new Set(side.flatMap(({ summaries }) => summaries.map(({ label }) => label)))];
}

function summariesOf(side: readonly MeasuredRun[], label: string): GatewaySummary[] {
  return side.flatMap(({ summaries }) => summaries.filter((summary) => summary.label === label));
}

function isDirectIn(side: readonly MeasuredRun[], label: string): boolean {
  return summariesOf(side, label).some(({ info }) => info?.kind === 'direct');
}

function vusOf(side: readonly MeasuredRun[], label: string): number[] {
  const levels = summariesOf(side, label).flatMap((summary) => summary.levels);
  return [...new Set(levels.filter(isTried).map(({ vus }) => vus))].sort((a, b) => a - b);
}

function isTried({ records }: SideLevel['level']): boolean {
  return records.some(({ outcome }) => outcome.kind !== 'skipped');
}

function sideLevels(side: readonly MeasuredRun[], label: string, vus: number): SideLevel[] {
  return side.flatMap((run) =>
    run.summaries
      .filter((summary) => summary.label === label)
      .flatMap(({ levels }) => levels.filter((level) => level.vus === vus && isTried(level)))
      .map((level) => ({ run, level })),
  );
}

interface MeasuredCell {
  cell: MatchedCell;
  outcome: OutcomeChange | null;
  found: { measure: Measure; measured: MeasuredDifference; tolerance: Tolerance; decides: boolean; judged: Judged }[];
}

function judgeCells(matched: readonly MatchedCell[], input: ComparisonInput): CellComparison[] {
  const measured = matched.map((cell) => measureCell(cell, input));
  // What decides is judged together, because one of them is enough; the others each by itself.
  const deciding = measured.flatMap(({ found }) => found.filter(({ decides }) => decides));
  const verdicts = new Map(
    judgeTogether(deciding.map(({ judged }) => judged)).map((verdict, at) => [deciding[at], verdict]),
  );
  return measured.map(({ cell, outcome, found }) => ({
    base: cell.labels[0],
    head: cell.labels[1],
    vus: cell.vus,
    model: cell.base[0]?.level.model ?? 'closed',
    isDirect: cell.isDirect,
    outcome,
    untrusted: { base: untrustedText(recordsOf(cell.base)), head: untrustedText(recordsOf(cell.head)) },
    metrics: found.flatMap((each) => {
      const verdict = verdicts.get(each) ?? judgeTogether([each.judged])[0];
      return verdict === undefined ? [] : [metricComparison(each, verdict)];
    }),
  }));
}

function recordsOf(side: readonly SideLevel[]): DerivedCell[] {
  return side.flatMap(({ level }) => level.records);
}

function measureCell(cell: MatchedCell, input: ComparisonInput): MeasuredCell {
  const outcome = outcomeChange(recordsOf(cell.base), recordsOf(cell.head));
  const measures = input.acrossMachines ? DIRECT_MEASURES : MEASURES;
  const found = measures.flatMap((measure) => {
    const measured = measureDifference(measure, input.method, cell.base, cell.head);
    const tolerance = toleranceFor(measure.name, input.tolerances);
    const decides = !cell.isDirect && input.tolerances.includes(tolerance);
    // One side never worked, which the outcome says.
    if (outcome !== null && (measured.base === null || measured.head === null)) return [];
    // Nobody has it. What decides is then not known: it must not pass unseen.
    if (!decides && measured.base === null && measured.head === null) return [];
    return [{ measure, measured, tolerance, decides, judged: judgedOf(measure, measured, tolerance, cell, input) }];
  });
  return { cell, outcome, found };
}

function judgedOf(
  { name, scale, better }: Measure,
  { difference, baseMean, missing }: MeasuredDifference,
  tolerance: Tolerance,
  { vus, base, head }: MatchedCell,
  { floorOf = () => null }: ComparisonInput,
): Judged {
  const cells = [...base, ...head].flatMap(({ level }) => level.comparable);
  const { share: floorShare } = leastDifference(name, cells, floorOf(name, vus));
  const floor = scale === 'log' ? Math.log1p(floorShare) : floorShare * Math.abs(baseMean);
  const turned =
    difference === null || better === 'less'
      ? difference
      : { ...difference, estimate: -difference.estimate, low: -difference.high, high: -difference.low };
  return { difference: turned, margin: marginOf(tolerance, baseMean), floor, missing };
}

function metricComparison(
  { measure, measured, tolerance, decides }: MeasuredCell['found'][number],
  verdict: MetricVerdict,
): MetricComparison {
  const { difference, base, head } = measured;
  const shown = measure.scale === 'log' ? Math.expm1 : (value: number) => value;
  const change =
    difference === null
      ? null
      : { estimate: shown(difference.estimate), low: shown(difference.low), high: shown(difference.high) };
  const { name: metric, title, unit } = measure;
  return { metric, title, unit, base, head, change, tolerance: tolerance.text, decides, verdict };
}

function overallVerdict(cells: readonly CellComparison[], unmeasured: readonly string[]): ComparisonVerdict {
  const own = cells.filter(({ isDirect }) => !isDirect);
  const verdicts = own.flatMap(({ metrics }) => metrics.filter(({ decides }) => decides).map(({ verdict }) => verdict));
  const outcomes = own.flatMap(({ outcome }) => outcome?.verdict ?? []);
  if (outcomes.includes('worse') || verdicts.some(({ kind }) => kind === 'worse')) return 'worse';
  const open = verdicts.some((verdict) => verdict.kind === 'inconclusive' && verdict.maybeWorse);
  if (open || unmeasured.length > 0 || outcomes.includes('inconclusive')) return 'inconclusive';
  return outcomes.includes('better') || verdicts.some(({ kind }) => kind === 'better') ? 'better' : 'same';
}

function missingCells(matched: readonly MatchedCell[], { base, head, between }: ComparisonInput) {
  const named = (side: readonly MeasuredRun[], at: 0 | 1) =>
    (between === null ? labelsOf(side) : [between[at]]).flatMap((label) =>
      vusOf(side, label)
        .filter((vus) => !matched.some(({ labels, vus: own }) => labels[at] === label && own === vus))
        .filter(() => !isDirectIn(side, label))
        .map((vus) => ({ label, vus })),
    );
  const planned = ({ label, vus }: { label: string; vus: number }) => {
    const theirs = between === null ? label : between[1];
    return summariesOf(head, theirs).some(({ levels }) => levels.some((level) => level.vus === vus));
  };
  const model = [...base, ...head][0]?.run.scenario.load.model ?? 'closed';
  const text = ({ label, vus }: { label: string; vus: number }) => `${label} at ${formatLevel(vus, model)}`;
  const missing = named(base, 0);
  return {
    unmeasured: missing.filter(planned).map(text),
    unmatched: { base: missing.filter((each) => !planned(each)).map(text), head: named(head, 1).map(text) },
  };
}

/** Of the newest run that has one. */
function shapeComparisons({ base, head, between }: ComparisonInput): ShapeComparison[] {
  const shapesOf = (side: readonly MeasuredRun[]) =>
    new Map(
      side
        .flatMap(({ run, summaries }) => shapedCurves(run, summaries))
        .map(({ summary, shape }) => [summary.label, shape.name]),
    );
  const [ours, theirs] = [shapesOf(base), shapesOf(head)];
  const pairs = between === null ? [...ours.keys()].map((label) => [label, label] as const) : [between];
  return pairs.flatMap(([from, to]) => {
    const [before, now] = [ours.get(from), theirs.get(to)];
    if (before === undefined || now === undefined || isDirectIn(base, from)) return [];
    return [{ base: { label: from, shape: before }, head: { label: to, shape: now } }];
  });
}
