import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder of the system's temporary folder, and how to remove it. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gatebench-'));
  return {
    path,
    // A file that can't be removed is litter, and no reason to lose a measurement.
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {}),
  };
}
