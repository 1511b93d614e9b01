import { sha256 } from '../../lib/sha256.js';
import { type Cell, cellId } from '../../model/cell.js';
import { levelsField, loadLevels } from '../../model/load-level.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../../model/run.js';
import type { DerivedCell } from '../derive-run.js';
import { speedBeside } from '../run-comparison/comparability.js';
import { THRESHOLDS } from '../thresholds.js';
import { type Names, nameGateways, type RunPart, type SplitGateway } from './builds.js';

/** What became of a run in a pooled report. */
export interface PooledPart {
  run: Run;
  /** Its repeats, numbered on: the report's blocks that are its own. */
  firstBlock: number;
  lastBlock: number;
  /** Its whole cells, by outcome. */
  outcomes: Partial<Record<DerivedCell['outcome']['kind'], number>>;
  /** What the same work cost beside the first run, as a ratio of CPU times; null where it wasn't measured in both. */
  costBesideFirst: number | null;
  /** By the label in the report. */
  versions: Record<string, string | null>;
}

/** Several runs as one. It is made up for a report and is nowhere on disk. */
export interface Pool {
  run: Run;
  cells: DerivedCell[];
  parts: PooledPart[];
  split: SplitGateway[];
  /** What a part's cell is called here. */
  cellOf(runId: string, cellId: string): Cell;
}

/**
 * Pool runs that compare. Their repeats are numbered on, so that blocks of two runs are never paired; a cell keeps its
 * outcome, overhead and machine speed, which are about its own run.
 * @param parts at least one, oldest first
 */
export function poolRuns(parts: readonly RunPart[]): Pool {
  const [first] = parts;
  if (first === undefined) throw new Error('there is nothing to pool');
  const names = nameGateways(parts);
  const pooled: PooledPart[] = [];
  const cellsByKey = new Map<string, Cell>();
  const cells: DerivedCell[] = [];
  let before = 0;
  for (const part of parts) {
    const { run } = part;
    const repeats = Math.max(0, ...run.cells.map(({ repeat }) => repeat));
    for (const cell of run.cells) cellsByKey.set(keyOf(run.id, cell.id), pooledCell(cell, run, names, before));
    for (const cell of part.cells) cells.push(pooledRecord(cell, run, names, before));
    pooled.push({
      run,
      firstBlock: before + 1,
      lastBlock: before + repeats,
      outcomes: outcomesOf(part),
      costBesideFirst: speedBeside(first.cells, part.cells),
      versions: versionsOf(part, names),
    });
    before += repeats;
  }
  return {
    run: pooledRun(parts, names, [...cellsByKey.values()]),
    cells,
    parts: pooled,
    split: names.split,
    cellOf(runId, id) {
      const cell = cellsByKey.get(keyOf(runId, id));
      if (cell === undefined) throw new Error(`${runId} has no cell ${id}`);
      return cell;
    },
  };
}

function keyOf(runId: string, id: string): string {
  return `${runId} ${id}`;
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}

function pooledCell(cell: Cell, run: Run, names: Names, before: number): Cell {
  const { gateway, variant } = names.nameOf(run.id, labelOf(cell));
  const { vus, ratePerSec, profiler } = cell;
  const repeat = before + cell.repeat;
  return { ...cell, id: cellId({ gateway, variant, vus, ratePerSec, repeat, profiler }), variant, repeat };
}

function pooledRecord(record: DerivedCell, run: Run, names: Names, before: number): DerivedCell {
  const { title } = names.nameOf(run.id, labelOf(record.cell));
  return {
    ...record,
    cell: pooledCell(record.cell, run, names, before),
    gateway: { ...record.gateway, title },
    pooledFrom: { runId: run.id, cellId: record.cell.id },
  };
}

function outcomesOf({ cells }: RunPart): PooledPart['outcomes'] {
  const counts: PooledPart['outcomes'] = {};
  for (const { outcome } of cells) counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1;
  return counts;
}

function versionsOf({ run, cells }: RunPart, names: Names): Record<string, string | null> {
  return Object.fromEntries(
    run.gateways.map((planned) => {
      const own = cells.filter(({ cell }) => labelOf(cell) === labelOf(planned));
      const version = own.map(({ gateway }) => gateway.version).find((each) => each !== null) ?? null;
      return [labelOf(names.nameOf(run.id, labelOf(planned))), version];
    }),
  );
}

/** What all of them have in common is the first one's; what they don't is put together, or says nothing. */
function pooledRun(parts: readonly RunPart[], names: Names, cells: readonly Cell[]): Run {
  const runs = parts.map(({ run }) => run);
  const [first] = runs;
  if (first === undefined) throw new Error('there is nothing to pool');
  const { scenario } = first;
  const levels = [...new Set(runs.flatMap((run) => loadLevels(run.scenario.load)))].sort((a, b) => a - b);
  const repeats = runs.reduce((sum, run) => sum + run.scenario.load.repeats, 0);
  const ends = runs.flatMap(({ endedAt }) => endedAt ?? []);
  return {
    ...first,
    id: poolId(runs.map(({ id }) => id)),
    endedAt: ends.length < runs.length ? null : (ends.sort().at(-1) ?? null),
    harness: { ...first.harness, ...commonCommit(runs) },
    calibration: runs.some(({ calibration }) => calibration),
    scenario: { ...scenario, load: { ...scenario.load, ...levelsField(scenario.load, levels), repeats } },
    until: pooledUntil(runs),
    flame: pooledFlame(runs, names),
    gateways: pooledGateways(runs, names),
    settings: null,
    basis: null,
    changes: [],
    cells: [...cells],
  };
}

const MAX_ID = 100;

/** The ids joined, or the first with a hash of all where that is too long for a folder's name. */
export function poolId(ids: readonly string[]): string {
  const joined = ids.join('_');
  if (joined.length <= MAX_ID) return joined;
  return `${ids[0]}_and-${ids.length - 1}-more-${sha256(joined).slice(0, 8)}`;
}

function commonCommit(runs: readonly Run[]): Pick<Run['harness'], 'commit' | 'dirty'> {
  const commits = new Set(runs.map(({ harness }) => harness.commit));
  const [commit = null] = commits.size === 1 ? commits : [null];
  return { commit, dirty: runs.some(({ harness }) => harness.dirty === true) };
}

/**
 * Every look of every run was an occasion to stop, and so to be wrong: the intervals allow for as many looks as all of
 * them could have had.
 */
function pooledUntil(runs: readonly Run[]): Run['until'] {
  const untils = runs.flatMap(({ until }) => until ?? []);
  const [first] = untils;
  if (first === undefined) return null;
  const maxRepeats = runs.reduce((sum, { until, scenario }) => sum + (until?.maxRepeats ?? scenario.load.repeats), 0);
  return { targets: first.targets, minRepeats: THRESHOLDS.intervals.minRepeats, maxRepeats };
}

function pooledFlame(runs: readonly Run[], names: Names): Run['flame'] {
  const flames = runs.flatMap(({ id, flame }) => (flame === null ? [] : [{ id, flame }]));
  const [first] = flames;
  if (first === undefined) return null;
  const unavailable = flames.flatMap(({ id, flame }) =>
    flame.unavailable.map((each) => ({ ...each, gateway: labelOf(names.nameOf(id, each.gateway)) })),
  );
  return { rateHz: first.flame.rateHz, unavailable };
}

/** Each label once, in the order in which the runs name them; it can run if it can in any of them. */
function pooledGateways(runs: readonly Run[], names: Names): PlannedGateway[] {
  const byLabel = new Map<string, PlannedGateway>();
  for (const { id, gateways } of runs) {
    for (const planned of gateways) {
      const { variant, title } = names.nameOf(id, labelOf(planned));
      const label = labelOf({ gateway: planned.gateway, variant });
      const known = byLabel.get(label);
      if (known === undefined || (known.skip !== null && planned.skip === null)) {
        byLabel.set(label, { ...planned, variant, title });
      }
    }
  }
  // A label that more than one run has keeps the place of the first.
  return [...byLabel.values()];
}
