import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { lastWords, SSH_FAILED } from '../remote/ssh-failure.js';
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
      `${root} is not a git checkout with a commit, so there is nothing to copy to the machines: ${lastWords(top.stderr)}`,
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

/** Says that a folder is a copy of ours, which may be cleared. */
const MARK = '.gatebench-copy';

/** What an earlier copy may have left and is worth keeping: installed packages and gateways. */
const KEPT = [MARK, 'node_modules', '.gateways', '.tools'];

/**
 * Put a commit into a folder of a host, as `git archive` packs it: no work tree, no ignored files, no history. Of what
 * was there before only what was installed stays.
 * @throws ExpectedError where the folder is somebody else's, and with the host's words where it can't be unpacked
 */
export async function copySource(host: SshHost, source: Source, folder: string, signal: AbortSignal): Promise<void> {
  await requireOurs(host, folder, signal);
  await host.mustRun('make the project’s folder', ['mkdir', '-p', folder], { signal });
  await host.mustRun('mark the project’s folder', ['touch', `${folder}/${MARK}`], { signal });
  const keep = KEPT.flatMap((name) => ['!', '-name', name]);
  await host.mustRun(
    'clear the project’s folder',
    ['find', folder, '-mindepth', '1', '-maxdepth', '1', ...keep, '-exec', 'rm', '-rf', '{}', '+'],
    { signal },
  );
  const unpack = await host.start(['tar', '-xf', '-', '-C', folder], signal);
  // Started and piped without a pause: execa lets output that nobody reads run away.
  const archive = execa('git', ['archive', '--format=tar', source.commit], {
    cwd: source.root,
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false, stderr: true },
    cancelSignal: signal,
  });
  unpack.stdout.resume();
  archive.stdout.pipe(unpack.stdin);
  const [packed, { exitCode, stderr }] = await Promise.all([archive, unpack.ended()]);
  if (exitCode === SSH_FAILED) throw host.connectionError(stderr);
  if (exitCode !== 0) {
    const full = /No space left/.test(stderr);
    throw new ExpectedError(
      `${host.label}: the project could not be unpacked in ${folder}: ${full ? 'no space left on device' : lastWords(stderr)}`,
      full ? 'free some space there, or give another --remote-dir' : 'check that tar is installed there',
    );
  }
  if (packed.failed) throw new ExpectedError(`git archive of ${source.commit} failed: ${lastWords(packed.stderr)}`);
}

/** Clearing is for folders that we filled ourselves: `--remote-dir` may name any. */
async function requireOurs(host: SshHost, folder: string, signal: AbortSignal): Promise<void> {
  const { stdout } = await host.run(['ls', '-A', folder], { signal });
  const found = stdout.split('\n').filter(Boolean);
  if (found.length === 0 || found.includes(MARK)) return;
  throw new ExpectedError(
    `${host.label}: ${folder} holds files that gatebench did not put there (${found.slice(0, 3).join(', ')})`,
    'choose another place with --remote-dir, or empty that folder',
  );
}

function git(root: string, args: string[]) {
  return execa('git', args, { cwd: root, reject: false, stdin: 'ignore' });
}
