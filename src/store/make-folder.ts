import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Make a folder and what is missing above it. Node's own `recursive` never returns where a parent exists but answers
 * ENOENT to every mkdir, as /proc does.
 * @throws the file system's error
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}
