#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { registerBench } from './cli/bench.js';
import { registerCapacity } from './cli/capacity.js';
import { registerCheck } from './cli/check.js';
import { registerCloud } from './cli/cloud.js';
import { registerCompare } from './cli/compare.js';
import { COMPLETE, complete } from './cli/completion/complete.js';
import { registerCompletion } from './cli/completion.js';
import { registerDoctor } from './cli/doctor.js';
import { registerFlame } from './cli/flame.js';
import { registerFootprint } from './cli/footprint.js';
import { registerHistory } from './cli/history.js';
import { registerK6Merge } from './cli/k6-merge.js';
import { registerK6Operator } from './cli/k6-operator.js';
import { registerList } from './cli/list.js';
import { registerLive } from './cli/live.js';
import { registerMock } from './cli/mock.js';
import { registerNew } from './cli/new.js';
import { registerOutdated } from './cli/outdated.js';
import { errorColours, flushOutput, watchOutput, writeResult, writeStatus } from './cli/output.js';
import { registerPlan } from './cli/plan.js';
import { registerPublish } from './cli/publish.js';
import { refuseEmptyArguments, refuseEmptyOptions } from './cli/refuse-empty.js';
import { registerReport } from './cli/report.js';
import { registerSelfbench } from './cli/selfbench.js';
import { registerSetup } from './cli/setup.js';
import { registerUpgrade } from './cli/upgrade.js';
import { registerVerify } from './cli/verify.js';
import { EXIT, ExpectedError, openFilesError, systemError } from './lib/errors.js';
import { descriptorLimit } from './lib/machine.js';
import { PACKAGE_ROOT, packageVersion } from './lib/paths.js';
import { printable } from './lib/printable.js';

/** Read now: when no file can be opened any more, this one can't be either. */
const OPEN_FILES_LIMIT = descriptorLimit();

const HELP_HINT = '(--help shows what can be given)';

/**
 * argv to verb; the only place that prints an error or sets its exit code. Verbs are registered with their options alone
 * and load what they do when they are called, so that `--help` is quick.
 */
async function main(argv: string[]): Promise<void> {
  const program = new Command('gatebench')
    .description('Benchmark AI gateways: throughput, latency, CPU and memory, each gateway in isolation')
    .version(packageVersion(PACKAGE_ROOT))
    // `flame import FILE --json` is import's own --json, not flame's.
    .enablePositionalOptions();
  registerSetup(program);
  registerDoctor(program);
  registerCheck(program);
  registerNew(program);
  registerOutdated(program);
  registerUpgrade(program);
  registerList(program);
  registerPlan(program);
  registerBench(program);
  registerCapacity(program);
  registerLive(program);
  registerFlame(program);
  registerFootprint(program);
  registerReport(program);
  registerCompare(program);
  registerVerify(program);
  registerHistory(program);
  registerPublish(program);
  registerMock(program);
  registerSelfbench(program);
  registerCloud(program);
  registerK6Operator(program);
  registerK6Merge(program);
  registerCompletion(program);
  for (const command of everyCommand(program)) {
    command.exitOverride().showHelpAfterError(HELP_HINT);
    refuseEmptyOptions(command);
  }
  program.hook('preAction', (_, command) => refuseEmptyArguments(command));
  try {
    // An unfinished command line isn't one to be parsed, and its words may be empty.
    if (argv[2] === COMPLETE) writeResult(await complete(program, argv.slice(3)));
    else await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
  try {
    await flushOutput();
  } catch (error) {
    const exitCode = report(error);
    // What failed before that is the better reason.
    process.exitCode = process.exitCode || exitCode;
  }
}

/** Subcommands don't inherit these settings. */
function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function report(error: unknown): number {
  // commander has printed its message already, and exits with 0 after --help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const expected =
    error instanceof ExpectedError ? error : (openFilesError(error, OPEN_FILES_LIMIT) ?? systemError(error));
  if (expected !== null) {
    writeStatus(`${errorColours.red('error:')} ${printable(expected.message)}`);
    if (expected.hint) writeStatus(`${errorColours.dim('hint:')}  ${printable(expected.hint)}`);
    return expected.exitCode;
  }
  writeStatus(`this is a bug in gatebench, please report it:\n${error instanceof Error ? error.stack : String(error)}`);
  return EXIT.failed;
}

watchOutput();
process.on('uncaughtException', (error) => process.exit(report(error)));

await main(process.argv);
// A stray handle must not keep a finished command alive.
process.exit();
