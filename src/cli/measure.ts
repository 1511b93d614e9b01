import type { Command } from 'commander';
import type { RunContext } from '../app/bench/resolve-machines.js';
import type { RunRequest } from '../app/bench/run-request.js';
import type { ReadyRun } from '../app/bench/start-run.js';
import { ExpectedError, UsageError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import type { CellRecord } from '../model/record.js';
import type { Report } from '../report/report.js';
import type { RunOptions } from './options/cell-options.js';
import type { HostOptions } from './options/host-options.js';
import { writeStatus } from './output.js';

/** What `bench` and `flame` both parse. */
export interface MeasureOptions extends RunOptions, Pick<HostOptions, 'identity'> {
  gatewaysDir?: string;
}

/**
 * Resolve a request or a run to resume, execute it, and write its report, with progress on stderr.
 * @param command whose options shape the cells: none of them can be given with `--resume`
 */
export async function measure(
  verb: 'bench' | 'flame',
  request: () => RunRequest,
  options: MeasureOptions,
  command: Command,
  signal: AbortSignal,
): Promise<{ folder: string; records: CellRecord[]; report: Report }> {
  const [{ executeRun }, { resumeRun }, { writeReport }, { progressView }] = await Promise.all([
    import('../app/bench/execute-run.js'),
    import('../app/bench/start-run.js'),
    import('../app/report/write-report.js'),
    import('./progress/run-progress.js'),
  ]);
  const context: RunContext = {
    roots: rootsOf(options.gatewaysDir),
    identity: options.identity,
    signal,
    status: writeStatus,
  };
  let ready: ReadyRun;
  if (options.resume === undefined) ready = await newRun(verb, request(), options.out, context);
  else {
    refuseChanges(command);
    ready = await resumeRun(options.resume, context);
  }
  const { folder } = ready;
  writeStatus(`results go to ${folder.path}\n`);
  const view = progressView(ready.plan.scenario);
  try {
    const records = await executeRun(ready, { mockPort: options.mockPort, signal, onEvent: view.onEvent });
    view.close();
    return { folder: folder.path, records, report: await writeReport(folder, context.roots, writeStatus) };
  } catch (error) {
    view.close();
    if (error instanceof ExpectedError) {
      writeStatus(`finished records are kept; resume with: gatebench ${verb} --resume ${folder.path}`);
    }
    throw error;
  }
}

async function newRun(
  verb: 'bench' | 'flame',
  request: RunRequest,
  out: string | undefined,
  context: RunContext,
): Promise<ReadyRun> {
  const [{ resolveRun }, { resultsFolder, startRun }, { planText }] = await Promise.all([
    import('../app/bench/resolve-run.js'),
    import('../app/bench/start-run.js'),
    import('./progress/format-plan.js'),
  ]);
  const parent = await resultsFolder(out ?? context.roots.results);
  const plan = await resolveRun(request, context);
  writeStatus(planText(plan));
  return startRun(plan, parent, verb === 'flame' ? '-flame' : '');
}

/** Options that say how a run is driven or shown; all others shape it. */
const NOT_SHAPING = ['resume', 'mockPort', 'identity', 'strict', 'json', 'gatewaysDir'];

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
