import type { Command } from 'commander';
import type { DerivedCell } from '../analysis/derive-run.js';
import type { RunContext } from '../app/bench/resolve-machines.js';
import type { RunPlan } from '../app/bench/resolve-run.js';
import type { RunRequest } from '../app/bench/run-request.js';
import type { ReadyRun } from '../app/bench/start-run.js';
import { ExpectedError, UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import type { RunSettings } from '../model/run.js';
import type { Report } from '../report/report.js';
import { checkMachine } from './check-machine.js';
import type { RunOptions } from './options/cell-options.js';
import type { HostOptions } from './options/host-options.js';
import { writeStatus } from './output.js';

/** What `bench` and `flame` both parse. */
export interface MeasureOptions extends RunOptions, Pick<HostOptions, 'identity'> {
  gatewaysDir?: string;
  /** Of `bench`: how often a cell is measured again that is invalid for the machine's sake. */
  retryInvalid?: number;
  /** Of `bench`. */
  requireFit?: boolean;
  /** Of `bench`, in seconds. */
  waitForQuiet?: number;
  /** Of `bench`; false: nothing is said of whether the machine is fit. */
  fitness?: boolean;
  /** Only to see that it works: whether the machine is fit doesn't matter. */
  trial?: boolean;
  /** Of `bench`: port of the page that shows the run; 0 for any that is free. */
  watch?: number;
  /** Of `bench`: of requests to a gateway that runs already. */
  header?: Record<string, string>;
  /** False: the machine's speed isn't measured. */
  calibration: boolean;
}

/**
 * Resolve a request or a run to resume, execute it, and write its report, with progress on stderr.
 * @param command whose options shape the cells: none of them can be given with `--resume`
 */
export async function measure(
  verb: 'bench' | 'capacity' | 'flame',
  request: () => RunRequest,
  options: MeasureOptions,
  command: Command,
  signal: AbortSignal,
): Promise<{ folder: string; records: DerivedCell[]; report: Report }> {
  const [{ executeRun }, { openRun, resultsFolder, resumeRun, retriesOf, settingsOf }, { writeReport }, { showRun }] =
    await Promise.all([
      import('../app/bench/execute-run.js'),
      import('../app/bench/start-run.js'),
      import('../app/report/write-report.js'),
      import('./progress/show-run.js'),
    ]);
  const [{ endLeftovers }, { keepNoiseFloor }, { DEFAULT_MOCK_PORT }, { lockMachine, lockRun }, { requireWatchPort }] =
    await Promise.all([
      import('../app/bench/end-orphans.js'),
      import('../app/bench/keep-noise-floor.js'),
      import('../app/bench/run-request.js'),
      import('../app/bench/run-locks.js'),
      import('../app/watch/watch-port.js'),
    ]);
  if (options.resume !== undefined) refuseChanges(command);
  else if (options.acceptChanges === true) {
    throw new UsageError('--accept-changes is for a run that is resumed', 'add --resume, or leave it out');
  }
  const resumed = options.resume === undefined ? null : await openRun(options.resume);
  const earlier = resumed?.run.settings ?? null;
  const gatewaysDir = options.gatewaysDir ?? earlier?.gatewaysDir ?? undefined;
  const identity = options.identity ?? earlier?.identityFile ?? undefined;
  const mockPort = options.mockPort ?? earlier?.mockPort ?? DEFAULT_MOCK_PORT;
  // The figures of a profiled run are nobody's, and a search replaces windows itself.
  const retryInvalid = verb !== 'bench' ? 0 : retriesOf(options.retryInvalid, earlier);
  const roots = rootsOf(gatewaysDir, earlier ?? undefined);
  const headers = options.header ?? {};
  const context: RunContext = { roots, identity, headers, signal, status: writeStatus };
  const concurrency = { allowConcurrent: options.allowConcurrent === true, status: writeStatus };
  const beforeStart = async ({ installed }: RunPlan) => {
    if (options.watch !== undefined) requireWatchPort(options.watch, { mockPort, installed });
    if (verb !== 'flame' && options.trial !== true && options.fitness !== false)
      await checkMachine(options, { calibrate: options.calibration, signal: context.signal });
  };
  const locks: { release(): void }[] = [];
  try {
    let ready: ReadyRun;
    if (resumed === null) {
      const parent = await resultsFolder(options.out ?? roots.results);
      locks.push(await lockMachine(`${verb}, results in ${parent}`, concurrency));
      await endLeftovers(writeStatus);
      const suffix = verb === 'flame' ? '-flame' : '';
      ready = await newRun(
        { ...request(), mockPort },
        { parent, suffix },
        settingsOf(roots, { gatewaysDir, identity, mockPort, retryInvalid }),
        context,
        beforeStart,
      );
      locks.push(await lockRun(ready.folder.path));
    } else {
      locks.push(await lockRun(resumed.path));
      locks.push(await lockMachine(`${verb}, results in ${resumed.path}`, concurrency));
      await endLeftovers(writeStatus);
      ready = await resumeRun(resumed, { acceptChanges: options.acceptChanges === true }, context);
      await beforeStart(ready.plan);
    }
    const { folder } = ready;
    writeStatus(`results go to ${folder.path}\n`);
    const shown = await showRun(ready.plan, options.watch ?? null);
    try {
      const records = await executeRun(ready, { mockPort, retryInvalid, signal, onEvent: shown.onEvent });
      await shown.end();
      const report = await writeReport(folder, roots, writeStatus);
      await keepNoiseFloor(folder, writeStatus);
      return { folder: folder.path, records, report };
    } catch (error) {
      await shown.end(error);
      folder.requirePresent(error);
      if (error instanceof ExpectedError) {
        writeStatus(`finished records are kept; resume with: gatebench ${verb} --resume ${shellWord(folder.path)}`);
      }
      throw error;
    }
  } finally {
    for (const lock of locks) lock.release();
  }
}

async function newRun(
  request: RunRequest,
  { parent, suffix }: { parent: string; suffix: '' | '-flame' },
  settings: RunSettings,
  context: RunContext,
  beforeStart: (plan: RunPlan) => Promise<void>,
): Promise<ReadyRun> {
  const [{ resolveRun }, { startRun }, { planText }, { scenarioBasis }] = await Promise.all([
    import('../app/bench/resolve-run.js'),
    import('../app/bench/start-run.js'),
    import('./progress/format-plan.js'),
    import('../app/bench/run-conditions.js'),
  ]);
  const plan = await resolveRun(request, context);
  writeStatus(planText(plan));
  await beforeStart(plan);
  return startRun(plan, parent, suffix, settings, await scenarioBasis(request.scenario, context.roots.scenarios));
}

/** A path as a shell takes it. */
function shellWord(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Options that say how a run is driven or shown; all others shape it. */
const NOT_SHAPING = [
  'resume',
  'mockPort',
  'identity',
  'strict',
  'json',
  'gatewaysDir',
  'allowConcurrent',
  'acceptChanges',
  'retryInvalid',
  'requireFit',
  'waitForQuiet',
  'fitness',
  'watch',
  'header',
];

/** A run is resumed as it was planned: what shapes its cells can't be changed. */
function refuseChanges(command: Command): void {
  const given = command.options
    .filter((option) => !NOT_SHAPING.includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
  if (given.length === 0) return;
  throw new UsageError(
    `${given.join(' and ')} can't be given with --resume: a run is resumed as it was planned`,
    'leave it out, or start a new run',
  );
}
