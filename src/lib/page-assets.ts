import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from './errors.js';
import { PACKAGE_ROOT } from './paths.js';

/**
 * What a flame graph's page carries to be interactive.
 * @throws ExpectedError where it wasn't built
 */
export async function pageAssets(): Promise<{ script: string; style: string }> {
  const folder = join(PACKAGE_ROOT, 'dist', 'flame-page');
  try {
    const [script, style] = await Promise.all([
      readFile(join(folder, 'page.js'), 'utf8'),
      readFile(join(folder, 'page.css'), 'utf8'),
    ]);
    return { script, style };
  } catch {
    throw new ExpectedError(`the script of the flame graph's page isn't in ${folder}`, 'build it: npm run build');
  }
}
