import { type Command, Option } from 'commander';
import { executeRun, type RunOptions } from '../app/bench/execute-run.js';
import { type AttachOptions, attach } from '../app/flame/attach.js';
import { ExpectedError } from '../lib/errors.js';
import { type Roots, rootsOf } from '../lib/roots.js';
import { DEFAULT_VARIANT, gatewayLabel } from '../model/resolved-gateway.js';
import { allVariants, readGateways } from '../store/gateways.js';
import { exitCodeOf } from './bench.js';
import { registerFlameDiff } from './flame-diff.js';
import { registerFlameImport } from './flame-import.js';
import { interruptible } from './interrupt.js';
import { cellOptions, gatewaysDirOption, jsonOption, parseWhole, runOptions } from './options/cell-options.js';
import { flameChoice, flameOptions } from './options/flame-options.js';
import { colours, writeResult, writeStatus } from './output.js';

interface FlameOptions extends Omit<RunOptions, 'flame' | 'duration'>, Omit<AttachOptions, 'attach'> {
  attach?: number;
  vus: number[];
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
        (text) => parseWhole(text, 1, 'a PID'),
      ),
    )
    .addOption(
      new Option('--call-graph <way>', 'how perf walks the stacks of what is attached to')
        .choices(['fp', 'dwarf'])
        .default('fp'),
    )
    .addOption(
      new Option('--url <origin>', 'where what is attached to serves Go profiles, such as http://127.0.0.1:6060'),
    )
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
    .action((options: FlameOptions) => interruptible((signal) => flame(options, command, signal)));
  command.enablePositionalOptions();
  registerFlameImport(command);
  registerFlameDiff(command);
}

/** The options of a run, with what suits a profile. */
function withDefault(option: Option): Option {
  if (option.attributeName() === 'vus') return option.default(DEFAULT_VUS, '50');
  if (option.attributeName() === 'duration') return option.default(DEFAULT_DURATION_S, '30s');
  return option;
}

async function flame(options: FlameOptions, command: Command, signal: AbortSignal): Promise<void> {
  if (options.attach !== undefined) return attach({ ...options, attach: options.attach }, signal);
  const roots = rootsOf(options.gatewaysDir);
  const { folder, records, report } = await executeRun(
    'flame',
    {
      ...options,
      gateways: options.gateways ?? (await profilable(roots)),
      flame: flameChoice(options, options.vus),
    },
    command,
    signal,
  );
  writeResult(options.json ? report.json : report.terminal({ colour: colours.isColorSupported, parts: 'flame' }));
  writeStatus(`\nflame graphs: ${folder.path}/report/flame/, report: ${folder.path}/report/report.md`);
  process.exitCode = exitCodeOf(records, false);
  if (!records.some((record) => record.profile !== null)) {
    throw new ExpectedError(
      'not one profile was captured',
      'the reasons stand in the lines above; `gatebench doctor` tells which profilers can run here',
    );
  }
}

/** All gateways but direct, which has no process to look at. */
async function profilable(roots: Roots): Promise<string[]> {
  const variants = allVariants(await readGateways(roots.gateways));
  return variants
    .filter(({ kind, variant }) => kind === 'process' && variant === DEFAULT_VARIANT)
    .map((gateway) => gatewayLabel(gateway));
}
