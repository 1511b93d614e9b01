import { lstat, writeFile } from 'node:fs/promises';
import { storageError, writeFileAtomic } from './atomic-file.js';

/** Write to where somebody said: whole or not at all if it is a file, and straight into a device or a pipe. @throws StorageError */
export async function writeOutputFile(path: string, text: string): Promise<void> {
  const stats = await lstat(path).catch(() => null);
  // A file beside it that is renamed would put a file in the device's place.
  if (stats === null || stats.isFile()) return writeFileAtomic(path, text);
  try {
    await writeFile(path, text);
  } catch (error) {
    throw storageError(path, error);
  }
}
