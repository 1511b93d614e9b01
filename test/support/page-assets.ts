import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PageName } from '../../src/lib/page-assets.js';
import type { PageAssets } from '../../src/lib/page-shell.js';

/** What `npm run build` bundles for a page, bundled from the sources as they are now. */
export function bundleAssets(name: PageName = 'flame-page'): PageAssets {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-page-'));
  try {
    execFileSync(process.execPath, ['scripts/bundle-page.mjs', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    return {
      script: readFileSync(join(folder, name, 'page.js'), 'utf8'),
      style: readFileSync(join(folder, name, 'page.css'), 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
