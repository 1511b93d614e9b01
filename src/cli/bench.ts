import { Command, CommanderError, Option } from 'commander';
import { DEFAULT_RETRY_INVALID, type RunRequest } from '../app/bench/run-request.js';
import { EXIT, UsageError } from '../lib/errors.js';
import type { CellRecord } from '../model/record.js';
import { interruptible } from './interrupt.js';
import { type MeasureOptions, measure } from './measure.js';
import {
  type CellOptions,
  cellOptions,
  cellRequest,
  fitnessOptions,
  gatewaysDirOption,
  jsonOption,
  parseWhole,
  runOptions,
  watchOption,
} from './options/cell-options.js';
import { type FlameFlags, flameChoice, flameOptions } from './options/flame-options.js';
import { type HostOptions, hostOptions, parseHostOptions } from './options/host-options.js';
import { type UntilFlags, untilChoice, untilOptions } from './options/until-options.js';
import { attachedChoice, type UrlFlags, urlOptions } from './options/url-options.js';
import { colours, writeJsonText, writeResult, writeStatus } from './output.js';
import { refuseEmptyOptions } from './refuse-empty.js';

const MAX_RETRY_INVALID = 100;

interface BenchOptions extends MeasureOptions, CellOptions, HostOptions, FlameFlags, UntilFlags, UrlFlags {
  setup?: boolean;
  flame?: boolean;
  aa?: string;
  strict?: boolean;
  json?: boolean;
}

export function registerBench(program: Command): void {
  const command = program
    .command('bench')
    .description('measure gateways, each in isolation, and write the results')
    .addHelpText(
      'after',
      `
Examples:
  gatebench bench --gateways direct,portkey --vus 50,150 --setup
  gatebench bench --scenario quick --repeats 3 --seed 7 --flame
  gatebench bench --gateways nginx,litellm --until 'ci<=2%,p99:ci<=5%' --max-repeats 10
  gatebench bench --engine k6 --k6-hosts me@192.0.2.11,me@192.0.2.12 --k6-send --gateway-address 192.0.2.10
  gatebench bench --aa nginx --vus 50,150
  gatebench bench --wait-for-quiet 10m --require-fit
  gatebench bench --url http://127.0.0.1:8787/v1 --header 'x-portkey-provider: openai' --vus 50 --duration 20s
  gatebench bench --watch
  gatebench bench --resume results/2026-05-04T10-00-00Z-published

Exit codes: 0 every cell has a result (a gateway that crashes under load or is not installed is one), 1 a cell failed or the machine is not fit enough, 2 wrong usage`,
    )
    .action((options: BenchOptions) => interruptible((signal) => bench(options, command, signal)));
  addBenchOptions(command);
}

/** Every option of `bench`. */
function addBenchOptions(command: Command): Command {
  const own = [
    new Option('--setup', 'install those of the gateways that are missing, before anything is measured'),
    new Option('--flame', 'profile every gateway too, at the lowest VU count, in cells of their own'),
    ...fitnessOptions(),
    new Option(
      '--retry-invalid <n>',
      `how often a cell is measured again, after all others, that the machine made invalid (other programs, steal, throttling, its speed; default: ${DEFAULT_RETRY_INVALID})`,
    ).argParser((text) => parseWhole(text, { min: 0, max: MAX_RETRY_INVALID }, 'a number of times')),
    new Option(
      '--aa <gateway>',
      `measure one gateway under two labels, ${AA_REPEATS} repeats: what they differ by is this machine's noise floor, which reports then respect`,
    ),
    new Option('--strict', 'exit with 1 unless every cell is ok'),
    watchOption('the run'),
  ];
  const shared = [...cellOptions(), ...untilOptions(), ...runOptions(), ...flameOptions(), ...hostOptions()];
  const options = [...shared, ...urlOptions(), ...own];
  for (const option of [...options, jsonOption(), gatewaysDirOption()]) command.addOption(option);
  return command;
}

/**
 * What arguments of `bench` ask for, for whoever hands them to another machine.
 * @throws UsageError for arguments that `bench` would refuse there
 */
export function parseBenchArguments(argv: readonly string[]): RunRequest {
  const command = addBenchOptions(new Command('bench'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  refuseEmptyOptions(command);
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(
      `after --: ${error.message.replace(/^error: /, '')}`,
      'gatebench bench --help lists what can be given',
    );
  }
  const options = command.opts<BenchOptions>();
  if (options.watch !== undefined) {
    throw new UsageError(
      'after --: --watch serves a page on that machine, to its own browser alone',
      'leave it out: the log is shown here',
    );
  }
  if (options.url !== undefined) {
    throw new UsageError('after --: --url is a gateway that runs on this machine', 'measure it here, without cloud');
  }
  return runRequest(options);
}

function runRequest(options: BenchOptions): RunRequest {
  const until = untilChoice(options);
  const aa = aaChoice(options);
  const attached = attachedChoice(options, {
    '--gateways': (options.gateways ?? []).length > 0,
    '--aa': aa !== null,
    '--setup': options.setup === true,
    '--runtime': options.runtime !== 'process',
    '--k6-hosts': options.k6Hosts !== undefined,
    '--upstream-host': options.upstreamHost !== undefined,
  });
  const repeats = until?.minRepeats ?? options.repeats ?? (aa === null ? undefined : AA_REPEATS);
  return {
    ...cellRequest(repeats === undefined ? options : { ...options, repeats }),
    ...(aa === null ? {} : { aa, gateways: [aa] }),
    attached,
    ...parseHostOptions(options),
    until,
    flame: options.flame === true ? flameChoice(options, 'lowest') : null,
  };
}

/** As many as a report is to have. */
const AA_REPEATS = 5;

/** The gateway to measure against itself. @throws UsageError for what would make it something else */
function aaChoice({ aa, gateways = [], flame, repeats = AA_REPEATS }: BenchOptions): string | null {
  if (aa === undefined) return null;
  if (gateways.length > 0 || flame === true) {
    throw new UsageError(
      `--aa measures one gateway against itself: ${flame === true ? '--flame' : '--gateways'} can't be given with it`,
      'leave it out, or start a run of its own',
    );
  }
  if (repeats < 3) {
    throw new UsageError(
      `--aa needs at least 3 repeats for an interval, not ${repeats}`,
      `leave --repeats out (${AA_REPEATS})`,
    );
  }
  return aa;
}

async function bench(options: BenchOptions, command: Command, signal: AbortSignal): Promise<void> {
  // A run that is resumed refuses it.
  if (options.setup === true && options.resume === undefined && options.url === undefined) await setUp(options, signal);
  const { folder, records, report } = await measure('bench', () => runRequest(options), options, command, signal);
  if (options.json) writeJsonText(report.json);
  else writeResult(report.terminal({ colour: colours.isColorSupported }));
  writeStatus(`\nreport: ${folder}/report/index.html`);
  process.exitCode = exitCodeOf(records, options.strict === true);
}

/** Install what is missing. What can't be installed is skipped by the run, with its reason. */
async function setUp({ aa, gateways = [], gatewaysDir }: BenchOptions, signal: AbortSignal): Promise<void> {
  const [{ installAll }, { setupTable }, { rootsOf }] = await Promise.all([
    import('../app/setup/install-all.js'),
    import('./progress/format-setup.js'),
    import('../lib/roots.js'),
  ]);
  const request = { labels: aa === undefined ? gateways : [aa], force: false, verbose: false };
  const rows = await installAll(request, { roots: rootsOf(gatewaysDir), signal, status: writeStatus });
  writeStatus(`${setupTable(rows)}\n`);
}

/** A crash or an invalid window is a result; a cell that could not be measured is a failed run. */
export function exitCodeOf(records: readonly Pick<CellRecord, 'outcome'>[], strict: boolean): number {
  const kinds = records.map((record) => record.outcome.kind);
  if (strict) return kinds.every((kind) => kind === 'ok') ? EXIT.ok : EXIT.failed;
  return kinds.includes('failed') ? EXIT.failed : EXIT.ok;
}
