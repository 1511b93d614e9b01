import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from './errors.js';
import type { PageAssets } from './page-shell.js';
import { PACKAGE_ROOT } from './paths.js';

/** Pages whose scripts `npm run build` bundles, each into its folder below `dist`. */
export type PageName = 'flame-page' | 'report-page' | 'watch-page';

/**
 * What a page carries to be interactive.
 * @throws ExpectedError where it wasn't built
 */
export async function pageAssets(name: PageName): Promise<PageAssets> {
  const folder = join(PACKAGE_ROOT, 'dist', name);
  try {
    const [script, style] = await Promise.all([
      readFile(join(folder, 'page.js'), 'utf8'),
      readFile(join(folder, 'page.css'), 'utf8'),
    ]);
    return { script, style };
  } catch {
    throw new ExpectedError(`the script of the page isn't in ${folder}`, 'build it: npm run build');
  }
}
