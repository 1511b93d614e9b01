import { resolve } from 'node:path';
import { floorFor } from '../../analysis/noise-floor.js';
import type { HistoryRun } from '../../analysis/trend.js';
import { messageOf, UsageError } from '../../lib/errors.js';
import type { NoiseFloor } from '../../model/noise-floor.js';
import { isRunFolder, RunFolder } from '../../store/run-folder.js';
import { readRun, runFoldersIn } from '../compare/read-runs.js';

/** A run with where it is. */
export interface StoredRun extends HistoryRun {
  folder: RunFolder;
  /** That A/A runs beside it measured, whatever their conditions. */
  noiseFloors: NoiseFloor[];
}

/**
 * Every run that paths name, oldest first: runs, and folders of runs. One that can't be read is left out and named.
 * @param status takes what had to be left out
 * @throws UsageError for a path without any run
 */
export async function readHistory(paths: readonly string[], status: (text: string) => void): Promise<StoredRun[]> {
  const folders = new Set<string>();
  for (const path of paths) for (const folder of await foldersAt(path)) folders.add(folder);
  const runs: StoredRun[] = [];
  const seen = new Map<string, string>();
  for (const path of folders) {
    try {
      const folder = await RunFolder.open(path);
      const twin = seen.get(folder.run.id);
      seen.set(folder.run.id, path);
      if (twin !== undefined) {
        status(`left out: ${path} is a copy of ${twin}`);
        continue;
      }
      const { run, records, summaries, noiseFloors } = await readRun(folder, status);
      runs.push({ folder, run, records, summaries, noiseFloors, floorOf: floorFor(run, noiseFloors) });
    } catch (error) {
      status(`left out: ${messageOf(error)}`);
    }
  }
  return runs.sort((a, b) => a.run.createdAt.localeCompare(b.run.createdAt) || a.run.id.localeCompare(b.run.id));
}

async function foldersAt(path: string): Promise<string[]> {
  const own = resolve(path);
  const found = isRunFolder(own) ? [own] : await runFoldersIn(own);
  if (found.length > 0) return found.sort();
  throw new UsageError(
    `there are no runs in ${path}: no folder with a run.json`,
    'give the folder of a run, such as results/<run-id>, or one that holds such folders; gatebench bench makes a run',
  );
}
