import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { CONNECTION_LOST } from '../remote/remote-shell.js';
import { lastLine } from '../remote/ssh-failure.js';
import type { SshHost } from '../remote/ssh-host.js';

/** Runs on a host and their finished cells: a cell's folder appears there when it is whole, and not before. */
export type RemoteRuns = Map<string, string[]>;

/** Names that runs and cells have; what begins with a dot is unfinished or was put aside. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@+-]*$/;

/** @param paths of run.json and record.json files below the results' folder, one a line */
export function parseRuns(paths: string): RemoteRuns {
  const runs: RemoteRuns = new Map();
  const entries = paths.split('\n').map((line) => line.split('/'));
  for (const [run = '', file, ...more] of entries) {
    if (file === 'run.json' && more.length === 0 && NAME.test(run)) runs.set(run, []);
  }
  for (const [run = '', cells, cell = '', file] of entries) {
    if (cells === 'cells' && file === 'record.json' && NAME.test(cell)) runs.get(run)?.push(cell);
  }
  for (const cells of runs.values()) cells.sort();
  return runs;
}

/** Runs below a folder of the host; none where the folder isn't there. */
export async function listRuns(host: SshHost, resultsDir: string, signal?: AbortSignal): Promise<RemoteRuns> {
  const isRecord = ['(', '-name', 'run.json', '-o', '-name', 'record.json', ')'];
  const { stdout } = await host.run(
    ['find', resultsDir, '-mindepth', '2', '-maxdepth', '4', ...isRecord, '-printf', '%P\n'],
    signal ? { signal } : {},
  );
  return parseRuns(stdout);
}

/**
 * Copy files and folders of the host's results into a folder here. Either all of it arrives or this throws.
 * @param paths relative to `resultsDir`
 * @param into an existing folder
 */
export async function copyResults(
  host: SshHost,
  resultsDir: string,
  paths: string[],
  into: string,
  signal?: AbortSignal,
): Promise<void> {
  const pack = await host.start(['tar', '-C', resultsDir, '-czf', '-', '-T', '-'], signal);
  const unpack = execa('tar', ['-xzf', '-', '-C', into, '--no-same-owner'], { reject: false, stdin: 'pipe' });
  unpack.stdin.on('error', () => {});
  pack.stdin.end(`${paths.join('\n')}\n`);
  pack.stdout.pipe(unpack.stdin);
  const [packed, unpacked] = await Promise.all([pack.ended(), unpack]);
  if (packed.exitCode === CONNECTION_LOST) throw host.connectionError(packed.stderr);
  // 1: a file changed while it was read, as a log does; the files that count are replaced, never changed.
  if (packed.exitCode > 1) throw new ExpectedError(`${host.label}: could not read results: ${lastLine(packed.stderr)}`);
  if (unpacked.failed) {
    throw new ExpectedError(
      `could not unpack results of ${host.label} in ${into}: ${lastLine(unpacked.stderr)}`,
      'free some space and run `gatebench cloud fetch`: they are still on the host',
    );
  }
}
