import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { driverFor } from '../drivers/container-driver.js';
import { MockProcessDriver } from '../drivers/mock-process.js';
import { EXIT, ExpectedError, InterruptedError, UsageError } from '../lib/errors.js';
import { harnessVersion } from '../lib/harness-version.js';
import { describeMachine } from '../lib/machine.js';
import { type Roots, rootsOf } from '../lib/roots.js';
import { temporaryFolder } from '../lib/temporary-folder.js';
import type { Engine } from '../load/engine.js';
import { engineNamed } from '../load/engines.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import { CELL_OVERHEAD_S } from '../plan/estimate.js';
import { runPlan } from '../run/run-plan.js';
import { procSampler } from '../sample/sampler.js';
import { RunFolder, requireWritable } from '../store/run-folder.js';
import { interruptible } from './interrupt.js';
import { addK6HostsOptions, K6_SHAPING, type K6HostsOptions, remoteEngine, remoteLoadOf } from './k6-hosts.js';
import {
  type CellOptions,
  cellOptions,
  DEFAULT_MOCK_PORT,
  gatewaysDirOption,
  jsonOption,
  parseWhole,
} from './options.js';
import { colours, print, tell } from './output.js';
import { takePlacement } from './placement.js';
import { planText } from './plan-text.js';
import { installedGateways, planRun } from './planned-run.js';
import { progressView } from './progress.js';
import { writeReport } from './report-files.js';

/** One process answered 5,000 VUs at 60 ms, 38,700 requests a second; well before that it would be late. */
const VUS_PER_MOCK_PROCESS = 3_000;

interface BenchOptions extends CellOptions, K6HostsOptions {
  out?: string;
  resume?: string;
  mockPort: number;
  strict?: boolean;
  json?: boolean;
}

export function registerBench(program: Command): void {
  const command = program.command('bench').description('measure gateways, each in isolation, and write the results');
  for (const option of cellOptions()) command.addOption(option);
  addK6HostsOptions(command);
  command
    .addOption(new Option('-o, --out <dir>', 'folder in which the run gets a folder of its own (default: results)'))
    .addOption(new Option('--resume <run>', 'go on with a run: measure what has no finished record'))
    .addOption(
      new Option('--mock-port <port>', 'port of the mock upstream')
        .default(DEFAULT_MOCK_PORT)
        .argParser((text) => parseWhole(text, 1, 'a port')),
    )
    .addOption(new Option('--strict', 'exit with 1 unless every cell is ok'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench bench --gateways direct,portkey --vus 50,150
  gatebench bench --scenario quick --repeats 3 --seed 7
  gatebench bench --engine k6 --k6-hosts me@192.0.2.11,me@192.0.2.12 --gateway-address 192.0.2.10
  gatebench bench --resume results/2026-05-04T10-00-00Z-published

Exit codes: 0 every cell has a result (a crash under load or a gateway that is not installed is one), 1 a cell failed, 2 wrong usage`,
    )
    .action((options: BenchOptions) => interruptible((signal) => bench(options, command, signal)));
}

async function bench(options: BenchOptions, command: Command, signal: AbortSignal): Promise<void> {
  const roots = rootsOf(options.gatewaysDir);
  const folder =
    options.resume === undefined
      ? await newRun(options, roots)
      : await resumedRun(options.resume, givenCellOptions(command));
  const { run } = folder;
  // Before anything is started: what we start inherits our own CPUs.
  await takePlacement(run.placement);
  const engine = await availableEngine(run.engine, options.k6Identity, roots);
  tell(`results go to ${folder.path}\n`);

  const view = progressView(run.scenario);
  let records: CellRecord[];
  try {
    records = await runPlan(
      { folder, gateways: await installedGateways(run.gateways, roots, run.runtime), signal, onEvent: view.onEvent },
      {
        engine,
        gatewayDriver: driverFor(run.runtime),
        mockDriver: new MockProcessDriver(),
        sampler: procSampler,
        mock: {
          port: options.mockPort,
          processes: Math.ceil(Math.max(...run.scenario.load.vus) / VUS_PER_MOCK_PROCESS),
          seed: run.seed,
        },
        // Whoever can reach this machine can send something then, as long as the run lasts.
        ...(run.engine.remote ? { listen: '0.0.0.0' } : {}),
        gatewayCpus: run.placement.kind === 'pinned' ? run.placement.gateway : null,
        idleS: CELL_OVERHEAD_S.idle,
        afterS: CELL_OVERHEAD_S.after,
        workDir: temporaryFolder,
      },
    );
  } catch (error) {
    view.close();
    if (error instanceof InterruptedError || error instanceof ExpectedError) {
      tell(`finished records are kept; go on with: gatebench bench --resume ${folder.path}`);
    }
    throw error;
  }
  view.close();
  const report = await writeReport(folder, roots);
  print(options.json ? report.json : report.terminal({ colour: colours.isColorSupported }));
  tell(`\nreport: ${folder.path}/report/report.md`);
  process.exitCode = exitCodeOf(records, options.strict === true);
}

/** @throws ExpectedError where it can't run */
async function availableEngine(
  { name, remote }: Run['engine'],
  identity: string | undefined,
  roots: Roots,
): Promise<Engine> {
  const engine = remote ? await remoteEngine(remote, identity, roots) : engineNamed(name);
  const missing = await engine.unavailable();
  if (missing === null) return engine;
  throw new ExpectedError(
    `engine ${engine.name} can't run ${remote ? 'there' : 'here'}: ${missing.reason}`,
    missing.remedy,
  );
}

async function newRun(options: BenchOptions, roots: Roots): Promise<RunFolder> {
  const parent = resolve(options.out ?? roots.results);
  await requireWritable(parent);
  const remote = remoteLoadOf(options);
  const plan = await planRun(options, roots);
  const engine = remote
    ? await availableEngine({ name: options.engine, version: '', remote }, options.k6Identity, roots)
    : plan.engine;
  if (plan.gateways.every(({ skip }) => skip !== null)) {
    tell(planText({ ...plan, engine }));
    throw new ExpectedError(
      'none of these gateways can run here',
      plan.runtime === 'process' ? 'install them with `gatebench setup`' : 'do what stands beside them above',
    );
  }
  tell(planText({ ...plan, engine }));
  const now = new Date();
  const run: Run = {
    schemaVersion: 1,
    id: `${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${plan.scenario.name}`,
    createdAt: now.toISOString(),
    endedAt: null,
    harness: await harnessVersion(),
    machine: describeMachine(),
    engine: { name: engine.name, version: engine.version, ...(remote ? { remote } : {}) },
    placement: plan.placement,
    runtime: plan.runtime,
    seed: plan.seed,
    scenario: plan.scenario,
    gateways: plan.gateways,
    cells: plan.cells,
  };
  return RunFolder.create(parent, run);
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
  tell(`going on with ${folder.run.id}: ${records.length} of ${folder.run.cells.length} cells are finished`);
  return folder;
}

function givenCellOptions(command: Command): string[] {
  const shaping = [...cellOptions().map((option) => option.attributeName()), ...K6_SHAPING, 'out'];
  return shaping.filter((name) => command.getOptionValueSource(name) === 'cli').map((name) => `--${kebab(name)}`);
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A crash or an invalid window is a result; a cell that could not be measured is a failed run. */
function exitCodeOf(records: CellRecord[], strict: boolean): number {
  const kinds = records.map((record) => record.outcome.kind);
  if (strict) return kinds.every((kind) => kind === 'ok') ? EXIT.ok : EXIT.failed;
  return kinds.includes('failed') ? EXIT.failed : EXIT.ok;
}
