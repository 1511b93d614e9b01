import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { CONNECTION_LOST, type RemoteShell } from '../remote/remote-shell.js';

/** The mock with its library, made by the build: it needs Node, and no packages. */
const BUNDLE = join(PACKAGE_ROOT, 'dist', 'mock-bundle');

/** Says `there` where a whole copy is there; otherwise takes one from stdin, and moves it into place when it is whole. */
const ASK = 'if [ -f "$HOME/.cache/gatebench/$1/main.js" ]; then echo there; fi';
const TAKE = `set -eu
cache=$HOME/.cache/gatebench
mkdir -p "$cache"
incoming=$(mktemp -d "$cache/incoming-XXXXXX")
trap 'rm -rf "$incoming"' EXIT
tar -xzf - -C "$incoming"
mv -T "$incoming" "$cache/$1" 2>/dev/null || test -f "$cache/$1/main.js"`;

/**
 * Put the mock on a host, below `~/.cache/gatebench` under a name made of its content: what is there is not sent again.
 * @returns the folder's name
 * @throws ExpectedError where the host can't take it
 */
export async function uploadMock(shell: RemoteShell, signal: AbortSignal): Promise<string> {
  const name = `mock-${await contentHash()}`;
  const { exitCode, stdout } = await shell.run(['sh', '-c', ASK, 'sh', name], { signal });
  if (exitCode === 0 && stdout.trim() === 'there') return name;
  const { stdout: archive } = await execa('tar', ['-czf', '-', '-C', BUNDLE, '.'], { encoding: 'buffer' });
  const command = await shell.start(['sh', '-c', TAKE, 'sh', name], signal);
  command.stdout.resume();
  command.stdin.end(archive);
  const taken = await command.ended();
  if (taken.exitCode === 0) return name;
  const why = taken.stderr.trim().split('\n').at(-1) || `exit code ${taken.exitCode}`;
  throw new ExpectedError(
    taken.exitCode === CONNECTION_LOST
      ? `${shell.label} can't be reached: ${why}`
      : `${shell.label} could not take the mock upstream: ${why}`,
    'check that the host lets us in, and has tar, gzip and some free space in the home folder',
  );
}

async function contentHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(BUNDLE)).sort()) hash.update(file).update(await readFile(join(BUNDLE, file)));
  return hash.digest('hex').slice(0, 12);
}
