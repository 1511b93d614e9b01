import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CellOptions } from '../../cli/options/cell-options.js';
import { writeStatus } from '../../cli/output.js';
import { planText } from '../../cli/progress/format-plan.js';
import { progressView } from '../../cli/progress/run-progress.js';
import { driverFor } from '../../gateway/drivers.js';
import { ExpectedError, InterruptedError, UsageError } from '../../lib/errors.js';
import { folderStamp } from '../../lib/folder-stamp.js';
import { harnessVersion } from '../../lib/harness-version.js';
import { describeMachine } from '../../lib/machine.js';
import { type Roots, rootsOf } from '../../lib/roots.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import type { Engine } from '../../load/engine.js';
import { engineNamed } from '../../load/engines.js';
import { type CellRecord, isFinished } from '../../model/record.js';
import type { Run } from '../../model/run.js';
import type { Report } from '../../report/report.js';
import { runPlan } from '../../run/run-plan.js';
import { procSampler } from '../../sampling/proc-sampler.js';
import { RunFolder, requireWritable } from '../../store/run-folder.js';
import type { UpstreamDriver } from '../../upstream/upstream-driver.js';
import { profilersHere } from '../flame/available-profilers.js';
import { writeReport } from '../report/write-report.js';
import { type K6HostsOptions, remoteEngine, remoteLoadOf } from './k6-hosts.js';
import { requireIdentityUse } from './other-hosts.js';
import { takePlacement } from './placement.js';
import { installedGateways, planRun } from './plan-run.js';
import { mockDriverFor, type UpstreamHostOptions } from './upstream-host.js';

/** One process answered 5,000 VUs at 60 ms, 38,700 requests a second; well before that it would be late. */
const VUS_PER_MOCK_PROCESS = 3_000;

/** Where a run's results go, and how it is driven; what it measures is in {@link CellOptions}. */
export interface RunOptions extends CellOptions, K6HostsOptions, UpstreamHostOptions {
  /** Private key for the other hosts. */
  identity?: string;
  out?: string;
  resume?: string;
  mockPort: number;
}

/**
 * Measure what the options ask for, or go on with a run, and write its report.
 * @param verb what to call to go on after an interruption
 * @param command whose options shape the cells: none of them can be given with `--resume`
 */
export async function executeRun(
  verb: 'bench' | 'flame',
  options: RunOptions,
  command: Command,
  signal: AbortSignal,
): Promise<{ folder: RunFolder; records: CellRecord[]; report: Report }> {
  const roots = rootsOf(options.gatewaysDir);
  const { folder, hosts, mock } =
    options.resume === undefined
      ? await newRun(verb, options, roots, signal)
      : { folder: await resumedRun(options.resume, givenOptions(command)), hosts: null, mock: null };
  const { run } = folder;
  // Before anything is started: what we start inherits our own CPUs.
  await takePlacement(run.placement);
  const engine = hosts ?? (await availableEngine(run.engine, options.identity, roots, signal));
  const mockDriver = mock ?? (await mockDriverFor(run.upstreamHost, options.identity, roots, signal));
  writeStatus(`results go to ${folder.path}\n`);

  const view = progressView(run.scenario);
  let records: CellRecord[];
  try {
    records = await runPlan(
      { folder, gateways: await installedGateways(run.gateways, roots, run.runtime), signal, onEvent: view.onEvent },
      {
        engine,
        gatewayDriver: driverFor(run.runtime),
        mockDriver,
        sampler: procSampler,
        mock: {
          port: options.mockPort,
          processes: Math.ceil(Math.max(...run.scenario.load.vus) / VUS_PER_MOCK_PROCESS),
          seed: run.seed,
        },
        // Whoever can reach this machine can send something then, as long as the run lasts.
        ...(run.engine.remote ? { listen: '0.0.0.0' } : {}),
        profiling: run.flame === null ? null : { profilers: profilersHere(roots), rateHz: run.flame.rateHz },
        gatewayCpus: run.placement.kind === 'pinned' ? run.placement.gateway : null,
        workDir: temporaryFolder,
      },
    );
  } catch (error) {
    view.close();
    if (error instanceof InterruptedError || error instanceof ExpectedError) {
      writeStatus(`finished records are kept; go on with: gatebench ${verb} --resume ${folder.path}`);
    }
    throw error;
  }
  view.close();
  return { folder, records, report: await writeReport(folder, roots) };
}

/** @throws ExpectedError where it can't run */
async function availableEngine(
  { name, remote }: Run['engine'],
  identity: string | undefined,
  roots: Roots,
  signal: AbortSignal,
): Promise<Engine> {
  const engine = remote ? await remoteEngine(remote, identity, roots, signal) : engineNamed(name);
  const missing = await engine.unavailable();
  if (missing === null) return engine;
  throw new ExpectedError(
    `engine ${engine.name} can't run ${remote ? 'there' : 'here'}: ${missing.reason}`,
    missing.hint,
  );
}

/** @returns with the hosts' engine, which had to be asked already for its version; null for a load of this machine */
async function newRun(
  verb: 'bench' | 'flame',
  options: RunOptions,
  roots: Roots,
  signal: AbortSignal,
): Promise<{ folder: RunFolder; hosts: Engine | null; mock: UpstreamDriver }> {
  const parent = resolve(options.out ?? roots.results);
  await requireWritable(parent);
  requireIdentityUse(options);
  const remote = remoteLoadOf(options);
  const plan = await planRun(options, roots);
  const hosts = remote
    ? await availableEngine({ name: options.engine, version: '', remote }, options.identity, roots, signal)
    : null;
  const engine = hosts ?? plan.engine;
  const mock = await mockDriverFor(options.upstreamHost, options.identity, roots, signal);
  writeStatus(planText({ ...plan, engine }, options));
  if (plan.gateways.every(({ skip }) => skip !== null)) {
    throw new ExpectedError(
      'none of these gateways can run here',
      plan.runtime === 'process' ? 'install them with `gatebench setup`' : 'do what stands beside them above',
    );
  }
  if (plan.flame !== null && !plan.cells.some(({ profiler }) => profiler !== null)) {
    throw new ExpectedError('nothing can be profiled as asked', 'the reasons stand above; choose another --profiler');
  }
  const now = new Date();
  const name = verb === 'flame' ? `${plan.scenario.name}-flame` : plan.scenario.name;
  const run: Run = {
    schemaVersion: 2,
    id: `${folderStamp(now)}-${name}`,
    createdAt: now.toISOString(),
    endedAt: null,
    harness: await harnessVersion(),
    machine: describeMachine(),
    engine: { name: engine.name, version: engine.version, ...(remote ? { remote } : {}) },
    ...(options.upstreamHost === undefined ? {} : { upstreamHost: options.upstreamHost }),
    placement: plan.placement,
    runtime: plan.runtime,
    seed: plan.seed,
    flame: plan.flame,
    scenario: plan.scenario,
    gateways: plan.gateways,
    cells: plan.cells,
  };
  return { folder: await RunFolder.create(parent, run), hosts, mock };
}

/** A run goes on as it was planned: what shapes its cells can't be given anew. */
async function resumedRun(path: string, given: string[]): Promise<RunFolder> {
  if (given.length > 0) {
    throw new UsageError(
      `${given.join(' and ')} can't be given with --resume: the run goes on as it was planned`,
      'leave it out, or start a new run',
    );
  }
  const folder = await RunFolder.open(resolve(path));
  await requireWritable(folder.path);
  const { records } = await folder.readRecords();
  const finished = records.filter(isFinished).length;
  const failed = records.length - finished;
  writeStatus(
    `going on with ${folder.run.id}: ${finished} of ${folder.run.cells.length} cells are finished` +
      (failed > 0 ? `, ${failed} failed and ${failed === 1 ? 'is' : 'are'} measured again` : ''),
  );
  return folder;
}

/** Options that say how it is driven or shown; all others shape the run. */
const NOT_SHAPING = ['resume', 'mockPort', 'identity', 'strict', 'json', 'gatewaysDir'];

function givenOptions(command: Command): string[] {
  return command.options
    .filter((option) => !NOT_SHAPING.includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}
