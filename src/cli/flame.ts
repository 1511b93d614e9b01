import { type Command, Option } from 'commander';
import { ExpectedError } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import type { Grouping } from '../profiles/group-by.js';
import { exitCodeOf } from './bench.js';
import { registerFlameDiff } from './flame-diff.js';
import { registerFlameImport } from './flame-import.js';
import { printProfile } from './flame-result.js';
import { interruptible } from './interrupt.js';
import { type MeasureOptions, measure } from './measure.js';
import {
  type CellOptions,
  cellOptions,
  cellRequest,
  gatewaysDirOption,
  jsonOption,
  MAX_PID,
  parseWhole,
  runOptions,
} from './options/cell-options.js';
import { type FlameFlags, flameChoice, flameOptions, groupByOption } from './options/flame-options.js';
import { parseUrl } from './options/parse-url.js';
import { colours, writeJsonText, writeResult, writeStatus } from './output.js';

interface FlameOptions extends MeasureOptions, CellOptions, FlameFlags {
  /** A PID. */
  attach?: number;
  callGraph: 'fp' | 'dwarf';
  url?: string;
  groupBy?: Grouping;
  json?: boolean;
  vus: number[];
  duration: number;
}

const DEFAULT_VUS = [50];
const DEFAULT_DURATION_S = 30;

export function registerFlame(program: Command): void {
  const command = program
    .command('flame')
    .description('profile gateways under load, each in cells of its own, and draw their flame graphs');
  for (const option of [...cellOptions(), ...runOptions(), ...flameOptions()]) command.addOption(withDefault(option));
  command
    .addOption(
      new Option('--attach <pid>', 'profile a running process instead, for --duration; Ctrl-C ends it early').argParser(
        (text) => parseWhole(text, { min: 1, max: MAX_PID }, 'a PID'),
      ),
    )
    .addOption(
      new Option('--call-graph <method>', 'with --attach: how perf walks stacks')
        .choices(['fp', 'dwarf'])
        .default('fp'),
    )
    .addOption(
      new Option(
        '--url <origin>',
        'with --attach: where the process serves Go profiles, such as http://127.0.0.1:6060',
      ).argParser((text) => parseUrl(text).origin),
    )
    .addOption(attachGroupBy())
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      `
Each gateway gets one cell without a profiler, so that its page can tell what the profiler cost, and one for each
profiler. No profile is ever taken in a cell whose numbers are reported.

Examples:
  gatebench flame --gateways ferro,portkey
  gatebench flame --gateways portkey --vus 50,300 --profiler perf --rate 499
  gatebench flame --attach 4711 --profiler cpuprofile --duration 10s
  gatebench flame import perf.script
  gatebench flame diff results/<run>/cells/portkey-v50-r1-perf results/<run>/cells/portkey-v300-r1-perf

Exit codes: 0 every cell has a result, 1 a cell failed or nothing could be profiled, 2 wrong usage`,
    )
    .action((options: FlameOptions) =>
      interruptible((signal) =>
        options.attach === undefined ? flame(options, command, signal) : attachTo(options.attach, options, signal),
      ),
    );
  command.enablePositionalOptions();
  registerFlameImport(command);
  registerFlameDiff(command);
}

function attachGroupBy(): Option {
  const option = groupByOption();
  option.description = `with --attach: ${option.description}`;
  return option;
}

/** The options of a run, with what suits a profile. */
function withDefault(option: Option): Option {
  if (option.attributeName() === 'vus') return option.default(DEFAULT_VUS, '50');
  if (option.attributeName() === 'duration') return option.default(DEFAULT_DURATION_S, '30s');
  return option;
}

async function flame(options: FlameOptions, command: Command, signal: AbortSignal): Promise<void> {
  const request = () => {
    const { gateways, ...cells } = cellRequest(options);
    return {
      ...cells,
      gateways: gateways === 'default' ? ('profilable' as const) : gateways,
      flame: flameChoice(options, options.vus),
    };
  };
  const { folder, records, report } = await measure('flame', request, options, command, signal);
  if (options.json) writeJsonText(report.json);
  else writeResult(report.terminal({ colour: colours.isColorSupported, parts: 'flame' }));
  writeStatus(`\nflame graphs: ${folder}/report/flame/, report: ${folder}/report/index.html`);
  process.exitCode = exitCodeOf(records, false);
  if (!records.some((record) => record.profile !== null)) {
    throw new ExpectedError(
      'not one profile was captured',
      'see the reasons above; `gatebench doctor` lists the profilers that can run here',
    );
  }
}

async function attachTo(pid: number, options: FlameOptions, signal: AbortSignal): Promise<void> {
  const [{ attach }, { lockMachine }] = await Promise.all([
    import('../app/flame/attach.js'),
    import('../app/bench/run-locks.js'),
  ]);
  const { vus: _, ...choice } = flameChoice(options, options.vus);
  const { duration: durationS, callGraph, url, out, groupBy } = options;
  const context = { roots: rootsOf(options.gatewaysDir), signal, status: writeStatus };
  const request = { ...choice, pid, durationS, callGraph, url, out, groupBy };
  // Profiling slows what another run measures meanwhile.
  const lock = await lockMachine(`flame --attach ${pid}`, {
    allowConcurrent: options.allowConcurrent === true,
    status: writeStatus,
  });
  try {
    printProfile(await attach(request, context), options.json === true);
  } finally {
    lock.release();
  }
}
