import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { PACKAGE_ROOT } from './paths.js';

/** `version` in a package.json. */
export function packageVersion(folder: string): string {
  const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string') {
    return value.version;
  }
  throw new Error(`${folder}/package.json has no version`);
}

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
