import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** An empty folder of the system's temporary folder that only this user may enter, and how to remove it. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'gatebench-'));
  return {
    path,
    // A file that can't be removed is litter, and no reason to lose a measurement.
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {}),
  };
}

/**
 * A {@link temporaryFolder} for a server, which may drop its privileges: started as root, nginx and Kong run their
 * workers as another user, who has to reach what the server made for him in here. Other users may enter the folder,
 * which takes knowing its random name, but neither list it nor write to it.
 */
export async function workFolder(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await chmod(folder.path, 0o711);
  return folder;
}
