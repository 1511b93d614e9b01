import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExpectedError, messageOf } from './errors.js';
import { ownerName } from './process-mark.js';

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** What the names of our temporary folders begin with; the owner's name follows, see {@link ownerName}. */
export const FOLDER_PREFIX = 'gatebench-';

/** Path of a temporary folder, up to what makes it unique. */
export function folderPrefix(): string {
  return join(tmpdir(), `${FOLDER_PREFIX}${ownerName()}-`);
}

/**
 * An empty folder of the system's temporary folder that only this user may enter, and how to remove it.
 * @throws ExpectedError where none can be made
 */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(folderPrefix()).catch((error) => {
    throw new ExpectedError(
      `no temporary folder can be made in ${tmpdir()}: ${messageOf(error)}`,
      'let TMPDIR name a folder that can be written to',
    );
  });
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
