import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { IS_CHECKOUT, PACKAGE_ROOT, packageVersion } from './paths.js';

/**
 * What measured: the harness's version and commit, and the Node that ran it. A package knows the commit that it was packed
 * from. Null where this is no git checkout, unless GATEBENCH_COMMIT says which commit was copied here: `cloud bench` copies
 * a commit without its history.
 */
export async function harnessVersion() {
  const copied = process.env.GATEBENCH_COMMIT;
  if (copied !== undefined && copied !== '') {
    return { version: packageVersion(PACKAGE_ROOT), commit: copied, dirty: false, node: process.version };
  }
  // A package may lie in somebody else's checkout, whose commit isn't ours.
  if (!IS_CHECKOUT) return { version: packageVersion(PACKAGE_ROOT), ...packedFrom(), node: process.version };
  const commit = await git(['rev-parse', 'HEAD']);
  const changes = await git(['status', '--porcelain']);
  return {
    version: packageVersion(PACKAGE_ROOT),
    commit,
    dirty: changes === null ? null : changes !== '',
    node: process.version,
  };
}

/** What scripts/prepack.mjs wrote. */
function packedFrom(): { commit: string | null; dirty: boolean | null } {
  const path = join(PACKAGE_ROOT, 'dist', 'packed-from.json');
  const { commit, dirty }: { commit: unknown; dirty: unknown } = JSON.parse(readFileSync(path, 'utf8'));
  return typeof commit === 'string' && typeof dirty === 'boolean' ? { commit, dirty } : { commit: null, dirty: null };
}

async function git(args: string[]): Promise<string | null> {
  const result = await execa('git', args, { cwd: PACKAGE_ROOT, reject: false, stdin: 'ignore' });
  return result.exitCode === 0 ? result.stdout : null;
}
