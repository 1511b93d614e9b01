import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledSize } from '../model/footprint.js';

/** Of `st_blocks`, whatever the file system's own blocks are; see stat(2). */
const BLOCK_BYTES = 512;

/** What a folder takes on disk, as `du` counts it: folders and symbolic links too, and several names of one file once. */
export async function folderSize(root: string): Promise<InstalledSize> {
  const size: InstalledSize = { diskBytes: 0, fileBytes: 0, files: 0 };
  const seen = new Set<string>();
  const add = async (path: string): Promise<void> => {
    const stats = await lstat(path);
    if (stats.isDirectory()) {
      size.diskBytes += stats.blocks * BLOCK_BYTES;
      for (const name of await readdir(path)) await add(join(path, name));
      return;
    }
    if (stats.nlink > 1) {
      const key = `${stats.dev}:${stats.ino}`;
      if (seen.has(key)) return;
      seen.add(key);
    }
    size.diskBytes += stats.blocks * BLOCK_BYTES;
    if (!stats.isFile()) return;
    size.fileBytes += stats.size;
    size.files += 1;
  };
  await add(root);
  return size;
}
