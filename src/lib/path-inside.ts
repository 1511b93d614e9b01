import { join, resolve } from 'node:path';

/**
 * The absolute path of `name`, taken from `folder`; null where that is the folder itself or anything outside of it.
 * Symbolic links are not looked at.
 */
export function pathInside(folder: string, name: string): string | null {
  const path = resolve(folder, name);
  return path.startsWith(join(resolve(folder), '/')) ? path : null;
}
