import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderPrefix } from './temporary-folder.js';

/** A session leader that was started. */
export interface Leader {
  pid: number;
  startTicks: number;
}

const FILE = 'leaders';
let folder: string | null = null;

/**
 * Keep the session leaders that may live on disk, so that the next run finds them if this one is killed. It is the only
 * trace of a program that has written its title over its environment, where control groups can't be had.
 */
export function saveLeaders(leaders: readonly Leader[]): void {
  try {
    if (leaders.length > 0) {
      folder ??= mkdtempSync(folderPrefix());
      writeFileSync(join(folder, FILE), leaders.map(({ pid, startTicks }) => `${pid} ${startTicks}\n`).join(''));
    } else if (folder !== null) {
      rmSync(folder, { recursive: true, force: true });
      folder = null;
    }
  } catch {
    // Only needed if this process is killed.
  }
}

/** The leaders that are kept in a temporary folder; none where it is for something else. */
export function readLeaders(path: string): Leader[] {
  try {
    return readFileSync(join(path, FILE), 'latin1')
      .split('\n')
      .flatMap((line) => {
        const parts = /^(\d+) (\d+)$/.exec(line);
        return parts === null ? [] : [{ pid: Number(parts[1]), startTicks: Number(parts[2]) }];
      });
  } catch {
    return [];
  }
}
