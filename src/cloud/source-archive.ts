import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { shellProgram } from '../remote/remote-program.js';
import { CONNECTION_LOST } from '../remote/remote-shell.js';
import { fullDiskHint, lastLine } from '../remote/ssh-failure.js';
import type { SshHost } from '../remote/ssh-host.js';

/** What is copied: a commit, and what of the work tree is not in it. */
export interface Source {
  root: string;
  commit: string;
  /** Paths that were changed or added and not committed: they stay here. */
  uncommitted: string[];
}

/**
 * The commit that a checkout is at.
 * @throws ExpectedError where the folder is no checkout of its own
 */
export async function sourceOf(root: string): Promise<Source> {
  const top = await git(root, ['rev-parse', '--show-prefix', 'HEAD']);
  if (top.exitCode !== 0) {
    throw new ExpectedError(
      `${root} is not a git checkout with a commit, so there is nothing to copy to the machines: ${lastLine(top.stderr)}`,
      'clone the repository and run gatebench from there, or name a checkout with --project',
    );
  }
  const [prefix = '', commit = ''] = top.stdout.split('\n');
  if (prefix !== '') {
    throw new ExpectedError(
      `${root} is only a part of a git checkout (${prefix}), and the whole would be copied`,
      'clone the repository and run gatebench from there, or name a checkout with --project',
    );
  }
  const status = await git(root, ['status', '--porcelain']);
  return {
    root,
    commit,
    uncommitted: status.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(3)),
  };
}

/** receive-project.sh: the folder holds other files. */
const NOT_OURS = 65;

/**
 * Put a commit into a folder of a host, as `git archive` packs it: no work tree, no ignored files, no history. Of what
 * was there before only what was installed stays.
 * @throws ExpectedError if the folder holds other files, or the host can't unpack the archive
 */
export async function copySource(host: SshHost, source: Source, folder: string, signal: AbortSignal): Promise<void> {
  const unpack = await host.start(shellProgram('receive-project.sh', folder), signal);
  // Started and piped without a pause: execa drops output that nobody reads.
  const archive = execa('git', ['archive', '--format=tar', source.commit], {
    cwd: source.root,
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false, stderr: true },
    cancelSignal: signal,
  });
  unpack.stdout.resume();
  archive.stdout.pipe(unpack.stdin);
  const ended = unpack.ended().then((end) => {
    // Nobody reads the rest.
    if (end.exitCode !== 0) archive.kill();
    return end;
  });
  const [packed, { exitCode, stderr }] = await Promise.all([archive, ended]);
  if (exitCode === CONNECTION_LOST) throw host.connectionError(stderr);
  if (exitCode === NOT_OURS) {
    throw new ExpectedError(
      `${host.label}: ${folder} holds files that gatebench did not put there (${stderr.trim().split('\n').join(', ')})`,
      'choose another place with --remote-dir, or empty that folder',
    );
  }
  if (exitCode !== 0) {
    const hint = fullDiskHint(stderr);
    throw new ExpectedError(
      `${host.label}: could not unpack the project in ${folder}: ${hint ? 'no space left on device' : lastLine(stderr)}`,
      hint ?? 'check that tar is installed there',
    );
  }
  if (packed.failed) throw new ExpectedError(`git archive of ${source.commit} failed: ${lastLine(packed.stderr)}`);
}

function git(root: string, args: string[]) {
  return execa('git', args, { cwd: root, reject: false, stdin: 'ignore' });
}
