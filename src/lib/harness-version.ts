import { execa } from 'execa';
import { PACKAGE_ROOT, packageVersion } from './paths.js';

/**
 * What measured: the harness's version and commit, and the Node that ran it. Null where this is no git checkout, unless
 * GATEBENCH_COMMIT says which commit was copied here: `cloud bench` copies a commit without its history.
 */
export async function harnessVersion() {
  const copied = process.env.GATEBENCH_COMMIT;
  if (copied !== undefined && copied !== '') {
    return { version: packageVersion(PACKAGE_ROOT), commit: copied, dirty: false, node: process.version };
  }
  const commit = await git(['rev-parse', 'HEAD']);
  const changes = await git(['status', '--porcelain']);
  return {
    version: packageVersion(PACKAGE_ROOT),
    commit,
    dirty: changes === null ? null : changes !== '',
    node: process.version,
  };
}

async function git(args: string[]): Promise<string | null> {
  const result = await execa('git', args, { cwd: PACKAGE_ROOT, reject: false, stdin: 'ignore' });
  return result.exitCode === 0 ? result.stdout : null;
}
