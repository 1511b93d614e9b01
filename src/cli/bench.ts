import { type Command, Option } from 'commander';
import { executeRun, type RunOptions } from '../app/bench/execute-run.js';
import { addK6HostsOptions } from '../app/bench/k6-hosts.js';
import { identityOption } from '../app/bench/other-hosts.js';
import { addUpstreamHostOption } from '../app/bench/upstream-host.js';
import { EXIT } from '../lib/errors.js';
import type { CellRecord } from '../model/record.js';
import { interruptible } from './interrupt.js';
import { cellOptions, gatewaysDirOption, jsonOption, runOptions } from './options/cell-options.js';
import { type FlameFlags, flameChoice, flameOptions } from './options/flame-options.js';
import { colours, writeResult, writeStatus } from './output.js';

interface BenchOptions extends Omit<RunOptions, 'flame'>, FlameFlags {
  flame?: boolean;
  strict?: boolean;
  json?: boolean;
}

export function registerBench(program: Command): void {
  const command = program.command('bench').description('measure gateways, each in isolation, and write the results');
  for (const option of [...cellOptions(), ...runOptions(), ...flameOptions()]) command.addOption(option);
  addK6HostsOptions(command);
  addUpstreamHostOption(command);
  command.addOption(identityOption());
  command
    .addOption(new Option('--flame', 'profile every gateway too, at the lowest VU count, in cells of their own'))
    .addOption(new Option('--strict', 'exit with 1 unless every cell is ok'))
    .addOption(jsonOption())
    .addOption(gatewaysDirOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench bench --gateways direct,portkey --vus 50,150
  gatebench bench --scenario quick --repeats 3 --seed 7 --flame
  gatebench bench --engine k6 --k6-hosts me@192.0.2.11,me@192.0.2.12 --k6-send --gateway-address 192.0.2.10
  gatebench bench --resume results/2026-05-04T10-00-00Z-published

Exit codes: 0 every cell has a result (a crash under load or a gateway that is not installed is one), 1 a cell failed, 2 wrong usage`,
    )
    .action((options: BenchOptions) => interruptible((signal) => bench(options, command, signal)));
}

async function bench(options: BenchOptions, command: Command, signal: AbortSignal): Promise<void> {
  const { flame, ...rest } = options;
  const run: RunOptions = flame === true ? { ...rest, flame: flameChoice(options, 'lowest') } : rest;
  const { folder, records, report } = await executeRun('bench', run, command, signal);
  writeResult(options.json ? report.json : report.terminal({ colour: colours.isColorSupported }));
  writeStatus(`\nreport: ${folder.path}/report/report.md`);
  process.exitCode = exitCodeOf(records, options.strict === true);
}

/** A crash or an invalid window is a result; a cell that could not be measured is a failed run. */
export function exitCodeOf(records: CellRecord[], strict: boolean): number {
  const kinds = records.map((record) => record.outcome.kind);
  if (strict) return kinds.every((kind) => kind === 'ok') ? EXIT.ok : EXIT.failed;
  return kinds.includes('failed') ? EXIT.failed : EXIT.ok;
}
