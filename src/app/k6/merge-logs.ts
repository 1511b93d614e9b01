import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { messageOf, UsageError } from '../../lib/errors.js';
import { type MergedLogs, mergedLogs } from '../../load/k6/merged-logs.js';

/**
 * Merge the logs that the pods of a TestRun left. A log is named by its file, or by its path where files share a name.
 * @throws UsageError for a file that can't be read, or is given twice
 * @throws ExpectedError for a file that isn't a whole log, or is of another load
 */
export async function mergeLogFiles(files: readonly string[]): Promise<MergedLogs> {
  const names = files.map((file) => basename(file));
  const paths = files.map((file) => resolve(file));
  const logs = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    if (paths.indexOf(resolve(file)) < index) {
      throw new UsageError(`${file} is given twice`, 'give the log of each pod once');
    }
    const name = basename(file);
    const isShared = names.filter((other) => other === name).length > 1;
    logs.set(isShared ? file : name, await readLog(file));
  }
  return mergedLogs(logs);
}

async function readLog(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => {
    throw new UsageError(`${file} can't be read: ${messageOf(error)}`, 'check its name');
  });
}
