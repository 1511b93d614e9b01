import { listRuns } from '../../cloud/remote-results.js';
import { copySource, type Source } from '../../cloud/source-archive.js';
import { EXIT, ExpectedError, messageOf, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { sleep } from '../../lib/sleep.js';
import type { JobStatus, RemoteJob } from '../../remote/remote-job.js';
import type { SshHost } from '../../remote/ssh-host.js';
import type { Report } from '../../report/report.js';
import { benchHost, type Environment, remotePaths } from './environment.js';
import { fetchResults, writeReports } from './fetch.js';
import { connectSplit, type SplitArguments } from './split.js';

export interface MeasureOptions {
  source: Source;
  /** Names of gateways, checked; null for all. */
  gateways: string[] | null;
  /** More arguments for `bench` on the host. */
  benchArgs: string[];
  /** Resume the host's newest run. */
  resume: boolean;
  /** The folder of all runs on this machine. */
  results: string;
  /** How long the host may be unreachable. */
  patienceS: number;
}

export interface MeasureContext {
  status: (text: string) => void;
  /** Takes pieces of a remote job's log as they come, which needn't be whole lines. */
  onLog: (text: string) => void;
  /** Takes the newest run's report. */
  onReport: (report: Report) => void;
  signal: AbortSignal;
}

const ONE_MACHINE: SplitArguments = { hosts: [], access: [], environment: [] };

/** Often enough to lose little when a machine is taken away, and seldom enough not to disturb the run. */
const FETCH_INTERVAL_S = 30;

/** With less free space than this, a full disk is why a job failed. */
const MIN_FREE_BYTES = 1024 * 1024;

const SETUP_PATIENCE_S = 600;

/**
 * Copy, install and measure on the host that runs `bench`, and fetch results as they appear. If a run is already under
 * way there, follow it instead.
 * @returns the exit code of `bench` there
 * @throws ExpectedError for anything that goes wrong; what was measured is fetched by then, or still there
 */
export async function measure(
  environment: Environment,
  options: MeasureOptions,
  roots: Roots,
  context: MeasureContext,
): Promise<number> {
  const { status, onReport, signal } = context;
  const { host, setup, tools, bench } = benchHost(environment);
  if ((await bench.status(signal)).state.kind === 'running') {
    status(`${host.label}: following the run that is under way`);
  } else {
    await install(environment, setup, options, context);
    const split = await prepareSplit(environment, tools, context);
    await startBench(environment, bench, { ...options, split }, context);
  }
  const end = await followAndFetch(environment, bench, options, context);
  const { results } = options;
  const places = await fetchResults(host, environment.folder, { results, complete: true, status, signal });
  await environment.folder.update({ unfetched: false });
  const report = await writeReports(places, roots, status);
  if (report !== null) onReport(report);
  const failure = failureOf(end, host, 'gatebench bench');
  const { state } = end;
  // Failed cells are in the report; a full disk is not.
  const isReported = state.kind === 'exited' && state.code === EXIT.failed && !isFull(end);
  if (failure && !isReported) throw failure;
  return state.kind === 'exited' ? state.code : EXIT.failed;
}

async function install(
  { folder }: Environment,
  setup: RemoteJob,
  { source, gateways }: MeasureOptions,
  context: MeasureContext,
): Promise<void> {
  const { status, signal } = context;
  const { host } = setup;
  const { project } = remotePaths(folder);
  if ((await setup.status(signal)).state.kind === 'running') {
    status(`${host.label}: following the installation that is under way`);
  } else {
    status(`${host.label}: copying commit ${source.commit.slice(0, 12)} to ${project}`);
    const { uncommitted } = source;
    const more = uncommitted.length > 10 ? ` and ${uncommitted.length - 10} more` : '';
    if (uncommitted.length > 0) status(`not committed, so not copied: ${uncommitted.slice(0, 10).join(', ')}${more}`);
    await copySource(host, source, project, signal);
    status(`${host.label}: make setup`);
    await setup.start(project, ['make', 'setup', ...(gateways ? [`GATEWAYS=${gateways.join(',')}`] : [])], signal);
  }
  await requireSuccess(setup, '`make setup`', context);
}

/** Install k6 and connect the machines of topology split; null for one machine. */
async function prepareSplit(
  environment: Environment,
  tools: RemoteJob,
  context: MeasureContext,
): Promise<SplitArguments | null> {
  const { status, signal } = context;
  if (environment.folder.state.outputs?.topology !== 'split') return null;
  status(`${tools.host.label}: gatebench setup k6`);
  await tools.start(remotePaths(environment.folder).project, ['node', 'dist/src/main.js', 'setup', 'k6'], signal);
  await requireSuccess(tools, '`gatebench setup k6`', context);
  return connectSplit(environment, status, signal);
}

/** Follow a job's log until it ends. @throws ExpectedError unless it succeeds */
async function requireSuccess(job: RemoteJob, what: string, context: MeasureContext): Promise<void> {
  const end = await job.follow({ ...followOptions(job.host, context), patienceS: SETUP_PATIENCE_S });
  const failure = failureOf(end, job.host, what);
  if (failure) throw failure;
}

async function startBench(
  { folder }: Environment,
  bench: RemoteJob,
  options: MeasureOptions & { split: SplitArguments | null },
  { status, signal }: MeasureContext,
): Promise<void> {
  const { host } = bench;
  const { project } = remotePaths(folder);
  const { hosts, access, environment } = options.split ?? ONE_MACHINE;
  // Beside the project, where the next copy doesn't touch them.
  let args = ['--out', '../results', ...hosts, ...options.benchArgs];
  if (options.gateways) args.push('--gateways', options.gateways.join(','));
  if (options.resume) {
    const newest = [...(await listRuns(host, remotePaths(folder).results, signal)).keys()].sort().at(-1);
    if (newest === undefined) {
      throw new UsageError(`there is no run on ${host.label} to resume`, 'leave out --resume');
    }
    args = ['--resume', `../results/${newest}`, ...options.benchArgs];
  }
  args.push(...access);
  await folder.update({ unfetched: true });
  status(`${host.label}: gatebench bench ${args.join(' ')}`);
  const commit = `GATEBENCH_COMMIT=${options.source.commit}`;
  await bench.start(project, ['env', commit, ...environment, 'node', 'dist/src/main.js', 'bench', ...args], signal);
}

/** Follow the log until the run ends, fetching cells as they finish. */
async function followAndFetch(
  { folder }: Environment,
  bench: RemoteJob,
  { results, patienceS }: MeasureOptions,
  context: MeasureContext,
): Promise<JobStatus> {
  const { status, signal } = context;
  const { host } = bench;
  const done = new AbortController();
  const until = AbortSignal.any([signal, done.signal]);
  const fetching = (async () => {
    for (;;) {
      await sleep(FETCH_INTERVAL_S * 1000, until);
      try {
        await fetchResults(host, folder, { results, complete: false, status, signal: until });
      } catch (error) {
        if (until.aborted) return;
        status(`results could not be fetched, trying again: ${messageOf(error)}`);
      }
    }
  })().catch(() => {});
  try {
    return await bench.follow({ ...followOptions(host, context), patienceS });
  } finally {
    done.abort();
    await fetching;
  }
}

function followOptions(host: SshHost, { status, onLog, signal }: MeasureContext) {
  return {
    onText: onLog,
    onCut: (why: string) => status(`connection lost (${why}); the job on ${host.label} continues: reconnecting`),
    onBack: () => status(`reconnected to ${host.label}`),
    signal,
  };
}

/** Why a job failed; null where it succeeded. */
function failureOf(end: JobStatus, host: SshHost, what: string): ExpectedError | null {
  const { state } = end;
  switch (state.kind) {
    case 'exited': {
      if (state.code === 0) return null;
      if (isFull(end)) {
        return new ExpectedError(
          `${what} on ${host.label} ended with exit code ${state.code}, and the disk there is full: ${end.freeBytes} bytes are free`,
          'what was measured is fetched; free some space there and resume with `gatebench cloud bench --resume`, or use a larger disk',
        );
      }
      return new ExpectedError(
        `${what} on ${host.label} failed with exit code ${state.code}: see its last lines above`,
        'what was measured is fetched; fix what it says and run this again',
      );
    }
    case 'lost':
      return new ExpectedError(
        `${what} on ${host.label} was killed, or the machine was restarted: it left no exit code`,
        'what was measured is fetched; resume with `gatebench cloud bench --resume` if the machine is still there',
      );
    case 'none':
    case 'running':
      return new ExpectedError(`${what} on ${host.label} did not run to its end`, 'run this again');
  }
}

function isFull({ freeBytes }: JobStatus): boolean {
  return freeBytes !== null && freeBytes < MIN_FREE_BYTES;
}
