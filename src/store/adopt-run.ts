import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { type CellRecord, isFinished } from '../model/record.js';
import { Run } from '../model/run.js';
import { storageError, writeFileAtomic } from './atomic-file.js';
import { readJsonFile, toJson } from './json-file.js';
import { makeFolder } from './make-folder.js';
import { migrateRun } from './migrate.js';
import { readRecord } from './record-file.js';

/**
 * An empty folder for results that are on their way: beside the runs, so that what is whole can be moved in one step.
 * @param results the folder of all runs
 */
export async function incomingFolder(results: string): Promise<{ path: string; remove(): Promise<void> }> {
  try {
    await makeFolder(results);
    const path = await mkdtemp(join(results, '.incoming-'));
    return { path, remove: () => rm(path, { recursive: true, force: true }).catch(() => {}) };
  } catch (error) {
    throw storageError(results, error);
  }
}

/** Finished cells of a run that are here already; none where the run isn't. One that failed may be measured again. */
export async function adoptedCells(results: string, runId: string): Promise<string[]> {
  const cells = join(results, runId, 'cells');
  const adopted: string[] = [];
  for (const name of await readdir(cells).catch(() => [])) {
    const record = await recordIn(join(cells, name));
    if (record !== null && isFinished(record)) adopted.push(name);
  }
  return adopted;
}

/**
 * Cells that are here, and were measured anew since. Their records have arrived, but nothing else that they left.
 * @param incoming a folder as `incomingFolder` makes it, with records of the run
 */
export async function remeasuredCells(incoming: string, runId: string, results: string): Promise<string[]> {
  const cells = join(incoming, runId, 'cells');
  const remeasured: string[] = [];
  for (const name of await readdir(cells).catch(() => [])) {
    const [there, here] = [await recordIn(join(cells, name)), await recordIn(join(results, runId, 'cells', name))];
    if (there !== null && there.startedAt !== here?.startedAt) remeasured.push(name);
  }
  return remeasured;
}

/** Null where there is none, or it is damaged: then it is fetched again. */
async function recordIn(cell: string): Promise<CellRecord | null> {
  return readRecord(cell).catch(() => null);
}

/**
 * Take over a run, or more of one, that was measured elsewhere: cells that aren't here yet, or were measured anew, are
 * moved here whole; records that are here are replaced (a later cell may have completed them), and so is run.json.
 * @param incoming a folder as `incomingFolder` makes it, with `<run-id>/run.json` and cells
 * @returns the cells that are new here
 * @throws ExpectedError where a file is not what it should be; what was taken over before stays
 */
export async function adoptRun(incoming: string, runId: string, results: string): Promise<string[]> {
  const from = join(incoming, runId);
  const to = join(results, runId);
  const run = await readJsonFile(join(from, 'run.json'), Run, 'run description', migrateRun);
  if (run.id !== runId) throw new ExpectedError(`what arrived as run ${runId} says that it is run ${run.id}`);
  await mkdir(join(to, 'cells'), { recursive: true });
  await writeFileAtomic(join(to, 'run.json'), toJson(run));
  const planned = new Map(run.cells.map((cell) => [cell.id, cell]));
  const added: string[] = [];
  for (const cell of await readdir(join(from, 'cells')).catch(() => [])) {
    if (!planned.has(cell)) continue;
    const record = await readRecord(join(from, 'cells', cell), planned.get(cell));
    if (record === null) throw new ExpectedError(`cell ${cell} arrived without a record`, 'fetch the run again');
    const place = join(to, 'cells', cell);
    const here = await recordIn(place);
    if (here?.startedAt === record.startedAt) {
      await writeFileAtomic(join(place, 'record.json'), toJson(record));
    } else {
      await rm(place, { recursive: true, force: true });
      await rename(join(from, 'cells', cell), place);
      added.push(cell);
    }
  }
  for (const other of await readdir(from)) {
    if (other === 'cells' || other === 'run.json' || other === 'report') continue;
    await cp(join(from, other), join(to, other), { recursive: true });
  }
  return added;
}
