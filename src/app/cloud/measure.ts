import { colours, writeResult, writeStatus } from '../../cli/output.js';
import { listRuns } from '../../cloud/remote-results.js';
import { copySource, type Source } from '../../cloud/source-archive.js';
import { EXIT, ExpectedError, messageOf, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { sleep } from '../../lib/sleep.js';
import type { JobStatus, RemoteJob } from '../../remote/remote-job.js';
import type { SshHost } from '../../remote/ssh-host.js';
import { benchHost, type Environment, remotePaths } from './environment.js';
import { fetchResults, renderFetched } from './fetch.js';
import { connectSplit, type SplitWords } from './split.js';

export interface MeasureOptions {
  source: Source;
  /** Names of gateways, checked; null for all. */
  gateways: string[] | null;
  /** More arguments for `bench` on the host. */
  benchArgs: string[];
  /** Go on with the newest run of the host. */
  resume: boolean;
  results: string;
  patienceS: number;
}

const ONE_MACHINE: SplitWords = { hosts: [], access: [], environment: [] };

/** Often enough that little is missing when a machine is taken away, and seldom enough not to disturb the run. */
const FETCH_EVERY_S = 30;

/** Less than this, and the disk is why a job failed. */
const FULL_BYTES = 1024 * 1024;

/**
 * Copy, install and measure on the machine of an environment that has the gateway, with the results coming here as they
 * are made. A run that is going on there already is followed instead.
 * @returns the exit code of `bench` there
 * @throws ExpectedError for whatever goes wrong; all that was measured is here by then, or still there
 */
export async function measure(
  environment: Environment,
  options: MeasureOptions,
  roots: Roots,
  signal: AbortSignal,
): Promise<number> {
  const { host, setup, tools, bench } = benchHost(environment);
  if ((await bench.status(signal)).state.kind === 'running') {
    writeStatus(`a run is going on on ${host.label}: following it`);
  } else {
    await install(environment, host, setup, options, signal);
    const split = await preparedSplit(environment, tools, signal);
    await startBench(environment, host, bench, { ...options, split }, signal);
  }
  const status = await followAndFetch(environment, host, bench, options, signal);
  const places = await fetchResults(host, environment.folder, { results: options.results, complete: true, signal });
  await environment.folder.update({ unfetched: false });
  const text = await renderFetched(places, roots, colours.isColorSupported);
  if (text !== null) writeResult(text);
  const failure = failureOf(status, host, 'gatebench bench');
  if (failure && !(status.state.kind === 'exited' && status.state.code === EXIT.failed && !isFull(status)))
    throw failure;
  return status.state.kind === 'exited' ? status.state.code : EXIT.failed;
}

async function install(
  { folder }: Environment,
  host: SshHost,
  setup: RemoteJob,
  { source, gateways }: MeasureOptions,
  signal: AbortSignal,
): Promise<void> {
  const { project } = remotePaths(folder);
  if ((await setup.status(signal)).state.kind === 'running') {
    writeStatus(`${host.label}: an installation is going on: following it`);
  } else {
    writeStatus(`${host.label}: copying commit ${source.commit.slice(0, 12)} to ${project}`);
    if (source.uncommitted.length > 0) {
      writeStatus(
        `not copied, since not committed: ${source.uncommitted.slice(0, 10).join(', ')}${source.uncommitted.length > 10 ? ` and ${source.uncommitted.length - 10} more` : ''}`,
      );
    }
    await copySource(host, source, project, signal);
    writeStatus(`${host.label}: make setup`);
    await setup.start(project, ['make', 'setup', ...(gateways ? [`GATEWAYS=${gateways.join(',')}`] : [])], signal);
  }
  await succeeded(setup, '`make setup`', signal);
}

/** What else a run over several machines takes; null where there is one. */
async function preparedSplit(
  environment: Environment,
  tools: RemoteJob,
  signal: AbortSignal,
): Promise<SplitWords | null> {
  if (environment.folder.state.outputs?.topology !== 'split') return null;
  writeStatus(`${tools.host.label}: gatebench setup k6`);
  await tools.start(remotePaths(environment.folder).project, ['node', 'dist/src/main.js', 'setup', 'k6'], signal);
  await succeeded(tools, '`gatebench setup k6`', signal);
  return connectSplit(environment, signal);
}

/** Show a job's log until it ends. @throws ExpectedError unless it ends well */
async function succeeded(job: RemoteJob, what: string, signal: AbortSignal): Promise<void> {
  const status = await job.follow({ ...followOptions(job.host, signal), patienceS: 600 });
  const failure = failureOf(status, job.host, what);
  if (failure) throw failure;
}

async function startBench(
  { folder }: Environment,
  host: SshHost,
  bench: RemoteJob,
  options: MeasureOptions & { split: SplitWords | null },
  signal: AbortSignal,
): Promise<void> {
  const { project } = remotePaths(folder);
  const { hosts, access, environment } = options.split ?? ONE_MACHINE;
  // Results are beside the project, where the next copy leaves them alone.
  let what = ['--out', '../results', ...hosts, ...options.benchArgs];
  if (options.gateways) what.push('--gateways', options.gateways.join(','));
  if (options.resume) {
    const newest = [...(await listRuns(host, remotePaths(folder).results, signal)).keys()].sort().at(-1);
    if (newest === undefined) {
      throw new UsageError(`there is no run on ${host.label} to go on with`, 'leave out --resume');
    }
    what = ['--resume', `../results/${newest}`, ...options.benchArgs];
  }
  what.push(...access);
  await folder.update({ unfetched: true });
  writeStatus(`${host.label}: gatebench bench ${what.join(' ')}`);
  const commit = `GATEBENCH_COMMIT=${options.source.commit}`;
  await bench.start(project, ['env', commit, ...environment, 'node', 'dist/src/main.js', 'bench', ...what], signal);
}

/** Show the log until the run ends, and bring cells here meanwhile. */
async function followAndFetch(
  { folder }: Environment,
  host: SshHost,
  bench: RemoteJob,
  options: MeasureOptions,
  signal: AbortSignal,
): Promise<JobStatus> {
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const fetching = (async () => {
    for (;;) {
      await sleep(FETCH_EVERY_S * 1000, until);
      try {
        await fetchResults(host, folder, { results: options.results, complete: false, signal: until });
      } catch (error) {
        if (until.aborted) return;
        writeStatus(`results could not be fetched just now: ${messageOf(error)}`);
      }
    }
  })().catch(() => {});
  try {
    return await bench.follow({ ...followOptions(host, signal), patienceS: options.patienceS });
  } finally {
    done.abort();
    await fetching;
  }
}

function followOptions(host: SshHost, signal: AbortSignal) {
  return {
    onText: (text: string) => {
      process.stderr.write(text);
    },
    onCut: (why: string) =>
      writeStatus(`connection lost (${why}); what runs on ${host.label} goes on: connecting again`),
    onBack: () => writeStatus(`connected to ${host.label} again`),
    signal,
  };
}

/** What it means that a job ended as it did; null where it succeeded. */
function failureOf(status: JobStatus, host: SshHost, what: string): ExpectedError | null {
  const { state } = status;
  switch (state.kind) {
    case 'exited': {
      if (state.code === 0) return null;
      if (isFull(status)) {
        return new ExpectedError(
          `${what} on ${host.label} ended with exit code ${state.code}, and the disk there is full: ${status.freeBytes} bytes are free`,
          'what was measured is here; free some space there and go on with `gatebench cloud bench --resume`, or use a larger disk',
        );
      }
      return new ExpectedError(
        `${what} on ${host.label} failed with exit code ${state.code}: its last lines are above`,
        'what was measured is here; mend what it says there and run this again',
      );
    }
    case 'lost':
      return new ExpectedError(
        `${what} on ${host.label} was killed, or the machine was restarted: it left no exit code`,
        'what was measured is here; go on with `gatebench cloud bench --resume` if the machine is still there',
      );
    case 'none':
    case 'running':
      return new ExpectedError(`${what} on ${host.label} did not run to its end`, 'run this again');
  }
}

function isFull({ freeBytes }: JobStatus): boolean {
  return freeBytes !== null && freeBytes < FULL_BYTES;
}
