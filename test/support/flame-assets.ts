import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PageAssets } from '../../src/flamegraph/page/shell.js';

/** What `npm run build` bundles for the pages, bundled from the sources as they are now. */
export function bundleAssets(): PageAssets {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-page-'));
  try {
    execFileSync(process.execPath, ['scripts/bundle-page.mjs', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    return {
      script: readFileSync(join(folder, 'flame-page', 'page.js'), 'utf8'),
      style: readFileSync(join(folder, 'flame-page', 'page.css'), 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
