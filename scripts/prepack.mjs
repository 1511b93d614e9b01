// Before npm pack: builds afresh, so that nothing of deleted sources is packed, and notes what the package is made of.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

rmSync(join(root, 'dist'), { recursive: true, force: true });
// stdout is npm's: `npm pack --json` prints what it packed.
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', process.stderr, 'inherit'] });

// A report says which commit measured, and an installed package has no git to ask.
const commit = git('rev-parse', 'HEAD');
const changes = git('status', '--porcelain');
const packedFrom = { commit, dirty: changes === null ? null : changes !== '' };
writeFileSync(join(root, 'dist', 'packed-from.json'), `${JSON.stringify(packedFrom)}\n`);

function git(...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
