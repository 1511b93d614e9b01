import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { storageError, writeFileAtomic } from './atomic-file.js';
import { requireFolder } from './make-folder.js';

/** In the folder of a report of several runs: what the report is made of. */
export const PARTS_FILE = 'report.json';

/** Write files of a report, paths relative to its folder. @throws StorageError where one can't be written */
export async function writeReportFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of files) {
    const path = join(folder, name);
    try {
      await mkdir(dirname(path), { recursive: true });
    } catch (error) {
      throw storageError(path, error);
    }
    await writeFileAtomic(path, content);
  }
}

/**
 * Make the folder of a report of several runs, or take one that has such a report already.
 * @throws UsageError for a folder with anything else in it
 */
export async function openReportFolder(path: string): Promise<void> {
  await requireFolder(path);
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    throw storageError(path, error);
  }
  if (names.length === 0 || existsSync(join(path, PARTS_FILE))) return;
  throw new UsageError(
    `${path} isn't empty, and what is in it is no report of several runs`,
    'name a folder that is empty or not there yet, or leave --out out',
  );
}
