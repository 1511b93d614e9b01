import { completeRecords } from '../analysis/complete-records.js';
import { sleep } from '../lib/sleep.js';
import type { Cell } from '../model/cell.js';
import type { InstallReceipt } from '../model/install-method.js';
import { type CellRecord, isFinished } from '../model/record.js';
import { gatewayLabel, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { GatewayRuntime } from '../model/runtime.js';
import { runSeconds } from '../plan/estimate.js';
import type { RunFolder } from '../store/run-folder.js';
import { skippedRecord } from './blank-record.js';
import type { OnRunEvent } from './cell-events.js';
import { type CellDependencies, runCell } from './run-cell.js';

/** A gateway of the plan as it is found on this machine now. */
export interface InstalledGateway {
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
  installDir: string;
  /** A process where absent. */
  runtime?: GatewayRuntime;
  /** Why it can't run; null where it can. */
  skip: { reason: string; hint?: string | undefined } | null;
}

export interface PlanInput {
  folder: RunFolder;
  /** By {@link gatewayLabel}. */
  gateways: ReadonlyMap<string, InstalledGateway>;
  signal: AbortSignal;
  onEvent: OnRunEvent;
}

/**
 * Run every cell of the plan that has no finished record or failed, in the plan's order. Each record is on disk before the next
 * cell begins.
 * @returns all records, in the plan's order
 * @throws the signal's reason where it is interrupted; StorageError where records can't be written
 */
export async function runPlan(input: PlanInput, deps: CellDependencies): Promise<CellRecord[]> {
  const { folder, onEvent, signal } = input;
  const { run } = folder;
  await folder.removePartialCells();
  const { records: found, damaged } = await folder.readRecords();
  for (const { cellId, reason } of damaged) {
    const aside = await folder.setAside(cellId);
    onEvent({ type: 'note', message: `${reason}\n  it is measured again; what was there is kept in ${aside}` });
  }
  const canRun = (cell: Cell) => input.gateways.get(labelOf(cell))?.skip === null;
  // What was skipped is measured after all where the gateway has been installed since.
  const records = new Map(
    found
      .filter(isFinished)
      .filter(({ cell, outcome }) => outcome.kind !== 'skipped' || !canRun(cell))
      .map((record) => [record.cell.id, record]),
  );
  const todo = run.cells.filter((cell) => !records.has(cell.id));
  const runnable = todo.filter(canRun);
  let measuredCells = 0;

  for (const [position, cell] of todo.entries()) {
    signal.throwIfAborted();
    const index = run.cells.length - todo.length + position + 1;
    const total = run.cells.length;
    const subject = input.gateways.get(labelOf(cell));
    if (!subject) throw new Error(`cell ${cell.id} is of a gateway that the plan does not hold`);
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
        const secondsLeftInRun = runSeconds(run.scenario, runnable.slice(measuredCells));
        onEvent({ type: 'cell-started', cell, index, total, secondsLeftInRun });
        measuredCells += 1;
        record = await runCell({ cell, scenario: run.scenario, ...subject, folder: cellFolder, signal, onEvent }, deps);
      }
      await cellFolder.commit(record);
      records.set(cell.id, record);
      await completeOthers(folder, records);
      onEvent({ type: 'cell-finished', cell, record: records.get(cell.id) ?? record, index, total });
    } catch (error) {
      await cellFolder.discard();
      throw error;
    }
  }
  await folder.finish(new Date().toISOString());
  return run.cells.flatMap((cell) => records.get(cell.id) ?? []);
}

/** Overhead needs the direct cell beside it, whichever of the two was measured first. */
async function completeOthers(folder: RunFolder, records: Map<string, CellRecord>): Promise<void> {
  for (const record of completeRecords([...records.values()])) {
    const before = records.get(record.cell.id);
    if (JSON.stringify(before) === JSON.stringify(record)) continue;
    await folder.updateRecord(record);
    records.set(record.cell.id, record);
  }
}

function labelOf(cell: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: cell.gateway, variant: cell.variant });
}
