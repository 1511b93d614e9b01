import { statSync } from 'node:fs';

/** Whether there is a folder at a path, however odd the path is. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
