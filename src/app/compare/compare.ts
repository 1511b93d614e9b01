import type { FloorOf } from '../../analysis/comparisons.js';
import { floorFor } from '../../analysis/noise-floor.js';
import { compareRuns, type RunComparison } from '../../analysis/run-comparison/compare-runs.js';
import type { Method } from '../../analysis/run-comparison/measures.js';
import { DEFAULT_TOLERANCES, parseTolerances } from '../../analysis/run-comparison/tolerances.js';
import { UsageError } from '../../lib/errors.js';
import { formatList } from '../../lib/format.js';
import { loadLevels } from '../../model/load-level.js';
import type { Run } from '../../model/run.js';
import { type ReadRun, runsAt } from './read-runs.js';
import { requirePair } from './require-pair.js';

/** What is to be compared. */
export interface ComparisonRequest {
  /** Base and head: each a run, or a folder of runs. One alone for two gateways of it. */
  paths: readonly string[];
  /** Two labels, such as `mine:base` and `mine:head`; null to compare each gateway with itself. */
  between: readonly string[] | null;
  /** As written: `rate<-3%`. None are the default ones. */
  tolerances: readonly string[];
  acrossMachines: boolean;
}

/** A comparison with what it came from. */
export interface Compared {
  comparison: RunComparison;
  base: Run[];
  head: Run[];
  notes: string[];
}

/**
 * Compare two runs, or two gateways of one.
 * @param status takes what had to be left out
 * @throws UsageError for what isn't a run, and for runs whose figures don't compare
 */
export async function compare(request: ComparisonRequest, status: (text: string) => void): Promise<Compared> {
  const tolerances = request.tolerances.length === 0 ? DEFAULT_TOLERANCES : parseTolerances(request.tolerances);
  const between = labelPair(request.between);
  const [basePath, headPath] = request.paths;
  if (basePath === undefined) throw new UsageError('there is nothing to compare', 'give two runs');
  const base = await runsAt(basePath, status);
  const head = headPath === undefined ? base : await runsAt(headPath, status);
  requireSides(base, head, between, headPath !== undefined);
  requireSupported(request, base);
  const notes = requireComparable(base, head, request.acrossMachines);
  for (const [side, label] of [[base, between?.[0]] as const, [head, between?.[1]] as const]) requireLabel(side, label);
  const method: Method = base === head ? 'blocks' : base.length > 1 || head.length > 1 ? 'runs' : 'repeats';
  const { acrossMachines } = request;
  const floorOf = acrossMachines ? () => null : floorsOf([...base, ...head]);
  const comparison = compareRuns({ base, head, method, between, acrossMachines, tolerances, floorOf });
  if (comparison.cells.length === 0) throw nothingMatches(base, head, acrossMachines);
  return { comparison, base: base.map(({ run }) => run), head: head.map(({ run }) => run), notes };
}

/** The largest that any of the runs knows: two runs differ by at least what two gateways of one do. */
function floorsOf(runs: readonly ReadRun[]): FloorOf {
  const known = runs.map(({ run, noiseFloors }) => floorFor(run, noiseFloors));
  return (metric, vus) => {
    const shares = known.flatMap((floorOf) => floorOf(metric, vus) ?? []);
    return shares.length === 0 ? null : Math.max(...shares);
  };
}

function labelPair(between: readonly string[] | null): readonly [string, string] | null {
  if (between === null) return null;
  const [base, head] = between;
  if (base === undefined || head === undefined || between.length !== 2) {
    throw new UsageError('--between takes two gateways', 'such as --between mine:base mine:head');
  }
  if (base === head) throw new UsageError(`--between: both are ${base}`, 'name two gateways, or compare two runs');
  return [base, head];
}

function requireSides(
  base: readonly ReadRun[],
  head: readonly ReadRun[],
  between: readonly [string, string] | null,
  areTwo: boolean,
): void {
  if (!areTwo) {
    if (between !== null) return;
    throw new UsageError(
      'there is only one run to compare',
      'give a second one, or name two gateways of it: --between mine:base mine:head',
    );
  }
  const twice = base.find(({ run }) => head.some((other) => other.run.id === run.id));
  if (twice === undefined) return;
  throw new UsageError(
    `${twice.run.id} is on both sides`,
    between === null ? 'give two different runs' : `give it once: its gateways are compared in pairs, block by block`,
  );
}

function requireSupported({ acrossMachines, paths }: ComparisonRequest, base: readonly ReadRun[]): void {
  if (!acrossMachines) return;
  if (paths.length < 2) throw new UsageError('--across-machines takes two runs', 'one run is always of one machine');
  if (base.some(({ summaries }) => summaries.some(({ info }) => info?.kind === 'direct'))) return;
  throw new UsageError(
    '--across-machines compares figures beside those of direct, and the base has none',
    'measure it with --gateways direct,…',
  );
}

/** @returns what a reader has to know. @throws UsageError that names all that differs */
function requireComparable(base: readonly ReadRun[], head: readonly ReadRun[], acrossMachines: boolean): string[] {
  const [first, ...others] = base;
  const [firstHead, ...otherHeads] = head;
  if (first === undefined || firstHead === undefined) return [];
  const notes = [...new Set([...base, ...head])].flatMap(({ run }) =>
    run.changes.length === 0 ? [] : [`${run.id} was changed in mid-run: only the repeats before or after it count.`],
  );
  for (const other of others) notes.push(...allow(first, other, false));
  if (base === head) return [...new Set(notes)];
  for (const other of otherHeads) notes.push(...allow(firstHead, other, false));
  notes.push(...allow(first, firstHead, acrossMachines));
  return [...new Set(notes)];
}

/** @returns what a reader has to know. @throws UsageError that names all that differs */
function allow(first: ReadRun, second: ReadRun, acrossMachines: boolean): string[] {
  return requirePair(first, second, {
    acrossMachines,
    verb: "don't compare",
    hints: {
      otherwise: 'measure both in the same way, best in one run: bench --gateways mine:base,mine:head',
      machine:
        'measure both in one run (bench --gateways mine:base,mine:head), or pass --across-machines to compare only what two machines have in common',
    },
  });
}

function requireLabel(side: readonly ReadRun[], label: string | undefined): void {
  if (label === undefined) return;
  const known = [...new Set(side.flatMap(({ summaries }) => summaries.map((summary) => summary.label)))];
  if (known.includes(label)) return;
  throw new UsageError(`${side[0]?.run.id} has no gateway ${label}`, `it has ${formatList(known)}`);
}

function nothingMatches(base: readonly ReadRun[], head: readonly ReadRun[], acrossMachines: boolean): UsageError {
  const cellsOf = (side: readonly ReadRun[]) => {
    const labels = [...new Set(side.flatMap(({ summaries }) => summaries.map(({ label }) => label)))];
    const vus = [...new Set(side.flatMap(({ run }) => loadLevels(run.scenario.load)))].sort((a, b) => a - b);
    return `${formatList(labels)} at ${formatList(vus.map(String))} VUs`;
  };
  return new UsageError(
    `no cell was measured on both sides: the base has ${cellsOf(base)}, the head ${cellsOf(head)}`,
    acrossMachines
      ? 'measure the same gateways beside direct, at the same VUs'
      : 'measure the same gateways at the same VUs, or name two gateways with --between',
  );
}
