// Writes docs/claims.md from results/published/*.json: `npm run claims`, after a build.
// With --check it writes nothing and fails where the page is not as it should be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsPage } from '../dist/src/report/claims-page.js';
import { readClaims } from '../dist/src/store/claims.js';

const root = join(import.meta.dirname, '..');
const path = join(root, 'docs', 'claims.md');
const text = claimsPage(await readClaims({ published: join(root, 'results', 'published') }));
if (!process.argv.includes('--check')) writeFileSync(path, text);
else {
  let found = '';
  try {
    found = readFileSync(path, 'utf8');
  } catch {}
  if (found !== text) {
    process.stderr.write(`not up to date: ${path}\nrun: npm run claims\n`);
    process.exitCode = 1;
  }
}
