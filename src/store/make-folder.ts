import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../lib/errors.js';
import { storageError } from './atomic-file.js';

/**
 * Make a folder and what is missing above it. Node's own `recursive` never returns where a parent exists but answers
 * ENOENT to every mkdir, as /proc does.
 * @param mode of the folders that are made; less the umask
 * @returns false where it is there already
 * @throws the file system's error
 */
export async function makeFolder(path: string, mode = 0o777): Promise<boolean> {
  try {
    return await makeOne(path, mode);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path), mode);
    return makeOne(path, mode);
  }
}

/** @returns false where it is there already, made by somebody else just now perhaps */
async function makeOne(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await isFolder(path))) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** {@link makeFolder} where somebody named the folder. @throws StorageError with the folder and the reason */
export async function requireFolder(path: string, mode?: number): Promise<void> {
  try {
    await makeFolder(path, mode);
  } catch (error) {
    throw storageError(path, error);
  }
}
