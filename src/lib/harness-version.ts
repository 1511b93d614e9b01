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

/** What measured: the harness's version and commit, and the Node that ran it. Null where this is no git checkout. */
export async function harnessVersion() {
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
