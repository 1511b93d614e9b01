#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { registerBench } from './cli/bench.js';
import { registerCloud } from './cli/cloud.js';
import { registerDoctor } from './cli/doctor.js';
import { registerFlame } from './cli/flame.js';
import { registerK6Merge } from './cli/k6-merge.js';
import { registerK6Operator } from './cli/k6-operator.js';
import { registerList } from './cli/list.js';
import { registerMock } from './cli/mock.js';
import { errorColours, writeStatus } from './cli/output.js';
import { registerPlan } from './cli/plan.js';
import { registerReport } from './cli/report.js';
import { registerSelfbench } from './cli/selfbench.js';
import { registerSetup } from './cli/setup.js';
import { EXIT, ExpectedError } from './lib/errors.js';
import { packageVersion } from './lib/harness-version.js';
import { PACKAGE_ROOT } from './lib/paths.js';

const HELP_HINT = '(--help shows what can be given)';

/** argv to command; the only place that prints an error or decides on an exit code for one. */
async function main(argv: string[]): Promise<void> {
  const program = new Command('gatebench')
    .description('Benchmark AI gateways: throughput, latency, CPU and memory, each gateway in isolation')
    .version(packageVersion(PACKAGE_ROOT))
    // `flame import FILE --json` is import's own --json, not flame's.
    .enablePositionalOptions();
  registerSetup(program);
  registerDoctor(program);
  registerList(program);
  registerPlan(program);
  registerBench(program);
  registerFlame(program);
  registerReport(program);
  registerMock(program);
  registerSelfbench(program);
  registerCloud(program);
  registerK6Operator(program);
  registerK6Merge(program);
  for (const command of everyCommand(program)) command.exitOverride().showHelpAfterError(HELP_HINT);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** A command does not inherit these settings from the one that it belongs to. */
function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function report(error: unknown): number {
  // commander has printed its message already, and exits with 0 after --help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ExpectedError) {
    writeStatus(`${errorColours.red('error:')} ${error.message}`);
    if (error.hint) writeStatus(`${errorColours.dim('next:')}  ${error.hint}`);
    return error.exitCode;
  }
  writeStatus(`this is a bug in gatebench, please report it:\n${error instanceof Error ? error.stack : String(error)}`);
  return EXIT.failed;
}

// A reader that went away (`gatebench list | head`) and a closed terminal are no errors of ours.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

await main(process.argv);
// A stray handle must not keep a finished command alive.
process.exit();
