import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { errorCode, messageOf } from './errors.js';

const DROP_FILE = '/proc/sys/vm/drop_caches';
/** Pages, and what is known of folders and files; see "drop_caches" in the kernel's admin-guide/sysctl/vm. */
const PAGES_AND_INODES = '3\n';

/** Why the page caches can't be dropped here; null where they can. */
export function pageCacheProblem(file = DROP_FILE): string | null {
  try {
    accessSync(file, constants.W_OK);
    return null;
  } catch (error) {
    return errorCode(error) === 'EACCES' ? `only root may write to ${file}` : messageOf(error);
  }
}

/**
 * Drop what the kernel keeps of files in memory, of all programs on this machine. What is mapped by a running one stays.
 * @throws the system's error
 */
export async function dropPageCaches(): Promise<void> {
  // Only what has been written to disk can be dropped.
  await execa('sync', { stdin: 'ignore' });
  await writeFile(DROP_FILE, PAGES_AND_INODES);
}
