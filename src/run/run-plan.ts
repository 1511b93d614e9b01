import { type DerivedCell, deriveCell, deriveRun } from '../analysis/derive-run.js';
import { machineReasons } from '../analysis/machine-gates.js';
import { runClock } from '../lib/run-clock.js';
import { sleep } from '../lib/sleep.js';
import type { Cell } from '../model/cell.js';
import type { InstallReceipt } from '../model/install-method.js';
import { type CellRecord, isFinished } from '../model/record.js';
import { gatewayLabel, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { GatewayRuntime } from '../model/runtime.js';
import { cellSeconds, runSeconds } from '../plan/estimate.js';
import { expectedRepeats, nextRepeat } from '../plan/next-repeat.js';
import { nextWindows } from '../plan/next-windows.js';
import type { RunFolder } from '../store/run-folder.js';
import type { CellDependencies, OnRunEvent } from './cell-context.js';
import { skippedRecord } from './cell-record.js';
import { capacityNote } from './format-capacity.js';
import { untilNote } from './format-until.js';
import { runCell } from './run-cell.js';

/** A planned gateway as installed on this machine now. */
export interface InstalledGateway {
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
  installDir: string;
  /** A process by default. */
  runtime?: GatewayRuntime;
  /** Why it can't run; null if it can. */
  skip: { reason: string; hint?: string | undefined } | null;
}

export interface PlanInput {
  folder: RunFolder;
  /** By {@link gatewayLabel}. */
  gateways: ReadonlyMap<string, InstalledGateway>;
  /** How often a cell is measured again, after all others, that is invalid for the machine's sake. */
  retryInvalid: number;
  signal: AbortSignal;
  onEvent: OnRunEvent;
}

/**
 * Run every cell that has no result yet, in the plan's order; then, if the run goes on until its figures are known, repeats of
 * what isn't, or the windows of a search, one round after the other; then those again that the machine made invalid. Each record is on disk before the next cell begins.
 * @returns all records, in the plan's order, with what compares them
 * @throws the signal's reason if interrupted, StorageError if records can't be written
 */
export async function runPlan(input: PlanInput, deps: CellDependencies): Promise<DerivedCell[]> {
  const { folder, onEvent, signal } = input;
  const { run } = folder;
  await folder.removePartialCells();
  const { records: found, damaged } = await folder.readRecords();
  for (const { cellId, reason } of damaged) {
    const aside = await folder.setAside(cellId);
    onEvent({ type: 'note', message: `${reason}\n  the cell is measured again; the damaged one is kept in ${aside}` });
  }
  const canRun = (cell: Cell) => input.gateways.get(labelOf(cell))?.skip === null;
  // A skipped cell is measured if its gateway has been installed since.
  const records = new Map(
    found
      .filter(isFinished)
      .filter(({ cell, outcome }) => outcome.kind !== 'skipped' || !canRun(cell))
      .map((record) => [record.cell.id, record]),
  );
  if (records.size > 0) onEvent({ type: 'records', records: deriveRun([...records.values()]) });
  const todo = run.cells.filter((cell) => !records.has(cell.id));
  const runnable = todo.filter(canRun);
  let measuredCells = 0;

  const measure = async (cell: Cell, index: number, secondsLeftInRun: number, earlier: Attempts) => {
    signal.throwIfAborted();
    const total = run.cells.length;
    const subject = input.gateways.get(labelOf(cell));
    if (!subject) throw new Error(`cell ${cell.id} has a gateway that is not in the plan`);
    const cellFolder = await folder.beginCell(cell.id);
    try {
      let record: CellRecord;
      if (subject.skip) {
        const { reason, hint } = subject.skip;
        record = skippedRecord({ cell, ...subject }, deps.engine, {
          kind: 'skipped',
          reason,
          ...(hint === undefined ? {} : { hint }),
        });
      } else {
        if (measuredCells > 0) await sleep(run.scenario.load.cooldownS * 1000, signal);
        onEvent({ type: 'cell-started', cell, index, total, secondsLeftInRun });
        measuredCells += 1;
        record = await runCell({ cell, scenario: run.scenario, ...subject, folder: cellFolder, signal, onEvent }, deps);
      }
      if (earlier.length > 0 && record.outcome.kind === 'failed') {
        const { stage, error } = record.outcome;
        onEvent({ type: 'note', message: `${cell.id} failed at ${stage}: ${error}\n  its earlier record is kept` });
        await cellFolder.discard();
        return;
      }
      record.earlierAttempts = earlier;
      await cellFolder.commit(record);
      records.set(cell.id, record);
      onEvent({ type: 'cell-finished', cell, record: deriveCell(record, [...records.values()]), index, total });
    } catch (error) {
      await cellFolder.discard();
      throw error;
    }
  };

  const measureUntilKnown = async () => {
    for (;;) {
      const { cells, open } = nextRepeat(run, [...records.values()]);
      if (open.length > 0) onEvent({ type: 'note', message: untilNote(run, open, cells) });
      if (cells.length === 0) return;
      await folder.addCells(cells);
      const laterS = runSeconds(run, cells) * Math.max(0, expectedRepeats(run, open, cells) - 1);
      for (const [position, cell] of cells.entries()) {
        const index = run.cells.length - cells.length + position + 1;
        await measure(cell, index, runSeconds(run, cells.slice(position)) + laterS, []);
      }
    }
  };

  const measureCapacities = async () => {
    for (;;) {
      const round = nextWindows(run, [...records.values()]);
      if (run.capacity !== undefined) onEvent({ type: 'note', message: capacityNote(run.capacity, round) });
      if (round.cells.length === 0) return;
      await folder.addCells(round.cells);
      const laterS = round.left * cellSeconds(run);
      for (const [position, cell] of round.cells.entries()) {
        const index = run.cells.length - round.cells.length + position + 1;
        await measure(cell, index, runSeconds(run, round.cells.slice(position)) + laterS, []);
      }
    }
  };

  for (const [position, cell] of todo.entries()) {
    const index = run.cells.length - todo.length + position + 1;
    await measure(cell, index, runSeconds(run, runnable.slice(measuredCells)), []);
  }
  await measureUntilKnown();
  await measureCapacities();
  for (let attempt = 2; attempt <= 1 + input.retryInvalid; attempt++) {
    const all = [...records.values()];
    const again = [...run.cells.entries()].flatMap(([position, cell]) => {
      const record = records.get(cell.id);
      const earlier = record && canRun(cell) ? attemptsBefore(attempt, record, all) : null;
      return earlier === null ? [] : [{ cell, index: position + 1, earlier }];
    });
    if (again.length > 0) onEvent({ type: 'note', message: retryNote(again.length) });
    for (const [position, { cell, index, earlier }] of again.entries()) {
      const left = again.slice(position).map((each) => each.cell);
      await measure(cell, index, runSeconds(run, left), earlier);
    }
  }
  await folder.finish(runClock.now());
  const derived = deriveRun(run.cells.flatMap((cell) => records.get(cell.id) ?? []));
  onEvent({ type: 'records', records: derived });
  return derived;
}

type Attempts = CellRecord['earlierAttempts'];

/**
 * The attempts before this one at a cell, the last being its record, if the machine voids that; null if it needs no more.
 * Profiled cells are in no table, and not worth it.
 */
function attemptsBefore(attempt: number, record: CellRecord, all: readonly CellRecord[]): Attempts | null {
  const { cell, outcome, earlierAttempts: earlier, startedAt } = record;
  const measured = outcome.kind === 'ok' || outcome.kind === 'invalid';
  if (!measured || cell.profiler !== null || earlier.length + 2 !== attempt) return null;
  const reasons = machineReasons(deriveCell(record, all).gates);
  return reasons.length === 0 ? null : [...earlier, { startedAt, reasons }];
}

function retryNote(cells: number): string {
  const [which, are] = cells === 1 ? ['1 cell', 'is'] : [`${cells} cells`, 'are'];
  return `${which} that the machine made invalid ${are} measured again`;
}

function labelOf(cell: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: cell.gateway, variant: cell.variant });
}
