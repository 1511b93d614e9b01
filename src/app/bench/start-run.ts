import { resolve } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import { folderStamp } from '../../lib/folder-stamp.js';
import { foldersToKeep, type Roots } from '../../lib/roots.js';
import { runClock } from '../../lib/run-clock.js';
import { isFinished } from '../../model/record.js';
import type { RunSettings } from '../../model/run.js';
import type { RunBasis } from '../../model/run-basis.js';
import { RunFolder, requireWritable } from '../../store/run-folder.js';
import type { RunContext } from './resolve-machines.js';
import { type RunPlan, resolvePlannedRun } from './resolve-run.js';
import { checkConditions, currentConditions } from './run-conditions.js';
import { DEFAULT_RETRY_INVALID } from './run-request.js';

/** A run that can be executed: its plan, and the folder that its results go to. */
export interface ReadyRun {
  plan: RunPlan;
  folder: RunFolder;
}

/** What `run.json` keeps so that `--resume` needs no more than the run's folder. */
export function settingsOf(
  roots: Roots,
  given: { gatewaysDir: string | undefined; mockPort: number; identity: string | undefined; retryInvalid: number },
): RunSettings {
  return {
    gatewaysDir: given.gatewaysDir === undefined ? null : resolve(given.gatewaysDir),
    ...foldersToKeep(roots),
    mockPort: given.mockPort,
    identityFile: given.identity === undefined ? null : resolve(given.identity),
    retryInvalid: given.retryInvalid,
  };
}

/** How often a cell is measured again that the machine made invalid. @param earlier of a run that is resumed */
export function retriesOf(given: number | undefined, earlier: RunSettings | null): number {
  return given ?? earlier?.retryInvalid ?? DEFAULT_RETRY_INVALID;
}

/** The folder that new runs go to. @throws ExpectedError if it can't be written to */
export async function resultsFolder(path: string): Promise<string> {
  const parent = resolve(path);
  await requireWritable(parent);
  return parent;
}

/**
 * Make the folder of a new run.
 * @param suffix of its name, after the scenario's
 * @throws ExpectedError if no cell of the plan can run
 */
export async function startRun(
  plan: RunPlan,
  parent: string,
  suffix: '' | '-flame',
  settings: RunSettings,
  scenarioSource: RunBasis['scenario'],
): Promise<ReadyRun> {
  const {
    engine,
    remoteLoad,
    upstreamHost,
    scenario,
    placement,
    loadPriority,
    runtime,
    calibration,
    seed,
    until,
    capacity,
    aa,
    attached,
    flame,
    gateways,
    cells,
  } = plan;
  requireEngine(plan);
  if (gateways.every(({ skip }) => skip !== null)) {
    throw new ExpectedError(
      'none of these gateways can run here',
      runtime === 'process' ? 'install them with `gatebench setup`' : 'see the hints above',
    );
  }
  if (flame !== null && !cells.some(({ profiler }) => profiler !== null)) {
    throw new ExpectedError('nothing can be profiled as asked', 'see the reasons above; choose another --profiler');
  }
  const { harness, machine, basis } = await currentConditions(plan, scenarioSource);
  const now = new Date(runClock.epochMs());
  const folder = await RunFolder.create(parent, {
    schemaVersion: 2,
    id: `${folderStamp(now)}-${scenario.name}${suffix}`,
    createdAt: now.toISOString(),
    endedAt: null,
    harness,
    machine,
    engine: { name: engine.name, version: engine.version, ...(remoteLoad ? { remote: remoteLoad } : {}) },
    ...(upstreamHost === null ? {} : { upstreamHost }),
    placement,
    loadPriority,
    runtime,
    calibration,
    seed,
    until,
    ...(capacity && { capacity }),
    aa,
    attached,
    flame,
    scenario,
    gateways,
    settings,
    basis,
    changes: [],
    cells,
  });
  return { plan, folder };
}

/** Open a run to resume it. @throws ExpectedError if there is none, or it can't be written to */
export async function openRun(path: string): Promise<RunFolder> {
  const folder = await RunFolder.open(resolve(path));
  await requireWritable(folder.path);
  return folder;
}

/** Resolve the rest of a run that has cells to measure. @throws UsageError if its cells would not compare */
export async function resumeRun(
  folder: RunFolder,
  options: { acceptChanges: boolean },
  context: RunContext,
): Promise<ReadyRun> {
  const { records, damaged } = await folder.readRecords();
  const finished = records.filter(isFinished).length;
  const failed = records.length - finished;
  context.status(
    `resuming ${folder.run.id}: ${finished} of ${folder.run.cells.length} cells are finished` +
      (failed > 0 ? `, ${failed} failed and ${failed === 1 ? 'is' : 'are'} measured again` : '') +
      (damaged.length > 0 ? `, the record of ${damaged.length} is damaged` : ''),
  );
  const plan = await resolvePlannedRun(folder.run, context);
  requireEngine(plan);
  await checkConditions(folder, records, plan, options, context);
  return { plan, folder };
}

function requireEngine({ engine, engineUnavailable, remoteLoad }: RunPlan): void {
  if (engineUnavailable === null) return;
  const where = remoteLoad === null ? 'here' : 'there';
  throw new ExpectedError(
    `engine ${engine.name} can't run ${where}: ${engineUnavailable.reason}`,
    engineUnavailable.hint,
  );
}
