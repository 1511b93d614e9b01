import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { PresentGateway } from '../app/footprint/choose.js';
import type { FootprintEvents, FootprintResult } from '../app/footprint/measure-footprints.js';
import { EXIT, UsageError } from '../lib/errors.js';
import { formatDecimal, formatSignificant } from '../lib/format.js';
import { rootsOf } from '../lib/roots.js';
import type { PageCaches } from '../model/footprint.js';
import { checkMachine } from './check-machine.js';
import { interruptible } from './interrupt.js';
import {
  allowConcurrentOption,
  fitnessOptions,
  gatewaysDirOption,
  jsonOption,
  parseList,
  parsePort,
  parseWhole,
} from './options/cell-options.js';
import { colours, errorColours, writeJson, writeResult, writeStatus } from './output.js';

const STARTS = 5;
const MAX_STARTS = 100;

interface FootprintOptions {
  starts: number;
  warm?: boolean;
  requireFit?: boolean;
  /** Seconds. */
  waitForQuiet?: number;
  fitness: boolean;
  run?: string;
  out?: string;
  mockPort?: number;
  gatewaysDir?: string;
  allowConcurrent?: boolean;
  json?: boolean;
}

export function registerFootprint(program: Command): void {
  const command = program
    .command('footprint')
    .description(
      'measure how long gateways take from their start to the first right response, and their installed size',
    )
    .argument(
      '[gateways...]',
      'each name, name:variant, name@version or a set such as @today (default: @published, or those of --run)',
    )
    .addOption(
      new Option('--starts <n>', 'how often each gateway is started; the median is shown')
        .argParser((text) => parseWhole(text, { min: 1, max: MAX_STARTS }, 'a number of starts'))
        .default(STARTS),
    )
    .addOption(
      new Option(
        '--warm',
        "leave the page caches: without it, root's footprint drops those of the whole machine before each start",
      ),
    )
    .addOption(new Option('--run <run>', "measure that run's gateways, and keep the result in its folder"))
    .addOption(
      new Option('-o, --out <dir>', 'folder for footprint.json, for the reports of all runs in it (default: results)'),
    )
    .addOption(new Option('--mock-port <port>', 'port of the mock upstream (default: 9000)').argParser(parsePort))
    .addOption(allowConcurrentOption())
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench footprint nginx litellm
  gatebench footprint --starts 10 --warm --wait-for-quiet 10m
  gatebench footprint --run results/2026-05-04T10-00-00Z-published

Reports show it: of runs with the same versions on the same machine. Render them again with gatebench report.

Exit codes: 0 everything was measured, 1 a gateway could not be started, 2 wrong usage`,
    )
    .action((gateways: string[], options: FootprintOptions) =>
      interruptible((signal) => footprint(gateways.flatMap(parseList), options, signal)),
    );
  for (const option of fitnessOptions()) command.addOption(option);
}

async function footprint(labels: string[], options: FootprintOptions, signal: AbortSignal): Promise<void> {
  if (options.run !== undefined && options.out !== undefined) {
    throw new UsageError('--run and --out both say where the result goes', 'give one');
  }
  const [
    { choosePresent, labelsOfRun },
    { keepFootprints, measureFootprints },
    { DEFAULT_MOCK_PORT },
    { findScenario },
    { footprintsPath, readFootprints },
    { RunFolder, requireWritable },
  ] = await Promise.all([
    import('../app/footprint/choose.js'),
    import('../app/footprint/measure-footprints.js'),
    import('../app/bench/run-request.js'),
    import('../store/scenarios.js'),
    import('../store/footprints.js'),
    import('../store/run-folder.js'),
  ]);
  const [{ endLeftovers }, { lockMachine }] = await Promise.all([
    import('../app/bench/end-orphans.js'),
    import('../app/bench/run-locks.js'),
  ]);
  const of = options.run === undefined ? null : await RunFolder.open(resolve(options.run));
  const settings = of?.run.settings ?? null;
  const roots = rootsOf(options.gatewaysDir ?? settings?.gatewaysDir ?? undefined, settings ?? undefined);
  const folder = of?.path ?? resolve(options.out ?? roots.results);
  // Better to fail now than after all that.
  await requireWritable(folder);
  await readFootprints(folder);
  const mockPort = options.mockPort ?? settings?.mockPort ?? DEFAULT_MOCK_PORT;
  const named = labels.length > 0 || of === null ? labels : labelsOfRun(of.run);
  const { present, skipped } = await choosePresent(named, mockPort, roots);
  for (const { label, reason, hint } of skipped) {
    writeStatus(`${label}: ${errorColours.yellow('left out')}: ${reason}${hint === undefined ? '' : ` (${hint})`}`);
  }
  const lock = await lockMachine('footprint', {
    allowConcurrent: options.allowConcurrent === true,
    status: writeStatus,
  });
  let result: FootprintResult;
  try {
    await endLeftovers(writeStatus);
    if (options.fitness) await checkMachine(options, { calibrate: false, signal });
    const pageCaches = await pageCachesFor(options.warm === true);
    const scenario = of?.run.scenario ?? (await findScenario(roots.scenarios, 'published'));
    const request = { gateways: present, starts: options.starts, pageCaches, scenario, mockPort };
    result = await measureFootprints(request, progress(present.length * options.starts), signal);
  } finally {
    lock.release();
  }
  if (result.footprints.length > 0) await keepFootprints(folder, result.footprints);
  await show(result, present, options.json === true);
  if (result.footprints.length > 0) writeStatus(`\nkept in ${footprintsPath(folder)}`);
  // Who asked for one gateway by its name wants that one.
  const isWhole = result.failures.length === 0 && (labels.length === 0 || skipped.length === 0);
  process.exitCode = isWhole ? EXIT.ok : EXIT.failed;
}

/** Whether the page caches are dropped: that slows down other programs, so it is said beforehand. */
async function pageCachesFor(warm: boolean): Promise<PageCaches> {
  const { pageCacheProblem } = await import('../lib/page-caches.js');
  const problem = warm ? '--warm' : pageCacheProblem();
  if (problem === null) {
    writeStatus(
      'page caches: this machine’s are dropped before each start, so that every program reads from disk again afterwards (--warm leaves them)',
    );
    return { kind: 'dropped' };
  }
  writeStatus(`page caches: left warm (${problem}); one more start of each gateway fills them and isn't counted`);
  return { kind: 'warm', reason: problem };
}

function progress(total: number): FootprintEvents {
  const width = String(total).length;
  return {
    onSize({ label }, size) {
      const text =
        size === null
          ? 'a program of your own, of no known size'
          : `${mebibytes(size.diskBytes)} in ${size.files} files`;
      writeStatus(`${label}: ${text}`);
    },
    onStart({ label }, index, { firstResponseS, uncertaintyS, readBytes }) {
      const position = index === null ? 'not counted' : `${String(index + 1).padStart(width)}/${total}`;
      const read = readBytes === null ? '' : `, ${mebibytes(readBytes)} read from disk`;
      writeStatus(
        `[${position}] ${label}: ${formatDecimal(firstResponseS, 3)} s to the first right response (at most ${formatDecimal(uncertaintyS, 3)} s too long)${read}`,
      );
    },
    onFailure({ label }, { message, hint }) {
      writeStatus(`${label}: ${errorColours.red('failed')}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`);
    },
  };
}

async function show(result: FootprintResult, present: readonly PresentGateway[], asJson: boolean): Promise<void> {
  if (asJson) return writeJson(result);
  if (result.footprints.length === 0) return;
  const [{ footprintSection }, { terminalSections }, { formatTitle }] = await Promise.all([
    import('../report/footprint-section.js'),
    import('../report/terminal.js'),
    import('../lib/format.js'),
  ]);
  const rows = present.flatMap(({ label, gateway: { name, variant } }) => {
    const found = result.footprints.find((each) => each.gateway === name && each.variant === variant);
    return found === undefined ? [] : [{ label, title: formatTitle(found.title, found.version), footprint: found }];
  });
  writeResult(terminalSections([footprintSection(rows, 'alone')], { colour: colours.isColorSupported }));
}

function mebibytes(bytes: number): string {
  return `${formatSignificant(bytes / 2 ** 20, 3)} MiB`;
}
