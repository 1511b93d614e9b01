import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { MeasuredRun } from '../../analysis/claim-verdicts.js';
import { type DerivedCell, deriveRun } from '../../analysis/derive-run.js';
import { summarise } from '../../analysis/summary.js';
import { messageOf, UsageError } from '../../lib/errors.js';
import type { NoiseFloor } from '../../model/noise-floor.js';
import type { CellRecord, DamagedRecord } from '../../model/record.js';
import { readNoiseFloors } from '../../store/noise-floors.js';
import { isRunFolder, RunFolder } from '../../store/run-folder.js';

/** A run with its records, and what is derived from them. */
export interface ReadRun extends MeasuredRun {
  records: CellRecord[];
  /** Records that can't be used. */
  damaged: DamagedRecord[];
  /** Profiled cells too. */
  cells: DerivedCell[];
  /** That A/A runs beside it measured, whatever their conditions. */
  noiseFloors: NoiseFloor[];
}

/** Read a run's records and summarise them. @param status takes what had to be left out */
export async function readRun(folder: RunFolder, status: (text: string) => void): Promise<ReadRun> {
  const { run } = folder;
  const { records, damaged } = await folder.readRecords();
  for (const { reason } of damaged) status(`left out: ${reason}`);
  const cells = deriveRun(records);
  // A profiler takes CPU from the gateway.
  const summaries = summarise(
    { ...run, cells: run.cells.filter(({ profiler }) => profiler === null) },
    cells.filter(({ cell }) => cell.profiler === null),
  );
  return { run, records, damaged, cells, summaries, noiseFloors: await noiseFloorsBeside(folder, status) };
}

/** What A/A runs beside a run measured. A file that was damaged by hand must not keep a run from its report. */
export async function noiseFloorsBeside(folder: RunFolder, status: (text: string) => void): Promise<NoiseFloor[]> {
  try {
    return await readNoiseFloors(dirname(folder.path));
  } catch (error) {
    status(`left out of the report: ${messageOf(error)}`);
    return [];
  }
}

/** Every run of a folder, in no particular order; none for a folder that isn't there. */
export async function runFoldersIn(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names.map((name) => join(parent, name)).filter(isRunFolder);
}

/**
 * The folders of the runs that a path names, oldest first: one, or all in the folder.
 * @throws UsageError where there is none
 */
export async function runFoldersAt(path: string): Promise<RunFolder[]> {
  const own = resolve(path);
  const paths = isRunFolder(own) ? [own] : await runFoldersIn(own);
  if (paths.length === 0) {
    throw new UsageError(
      `${path} is neither a run nor a folder of runs: there is no run.json`,
      'give the folder of a run, such as results/<run-id>, or one that holds such folders',
    );
  }
  const folders = await Promise.all(paths.map((each) => RunFolder.open(each)));
  return folders.sort((a, b) => a.run.createdAt.localeCompare(b.run.createdAt));
}

/** The runs that a path names, as {@link runFoldersAt} finds them. */
export async function runsAt(path: string, status: (text: string) => void): Promise<ReadRun[]> {
  const runs: ReadRun[] = [];
  for (const folder of await runFoldersAt(path)) runs.push(await readRun(folder, status));
  return runs;
}
