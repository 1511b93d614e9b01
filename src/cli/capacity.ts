import type { Command } from 'commander';
import { exitCodeOf } from './bench.js';
import { interruptible } from './interrupt.js';
import { type MeasureOptions, measure } from './measure.js';
import { type CapacityFlags, capacityLevels, capacityOptions, capacityRequest } from './options/capacity-options.js';
import {
  type CellOptions,
  cellOptions,
  cellRequest,
  fitnessOptions,
  gatewaysDirOption,
  jsonOption,
  runOptions,
  watchOption,
} from './options/cell-options.js';
import { type HostOptions, hostOptions, parseHostOptions } from './options/host-options.js';
import { colours, writeJsonText, writeResult, writeStatus } from './output.js';

/** Its windows are short and its gateways rest little: see the file. */
const SCENARIO = 'capacity';
/** A search chooses levels and repeats itself. */
const CHOSEN_BY_SEARCH = ['vus', 'ratePerSec', 'repeats'];

interface CapacityCommandOptions extends MeasureOptions, CellOptions, HostOptions, CapacityFlags {
  json?: boolean;
}

export function registerCapacity(program: Command): void {
  const command = program
    .command('capacity')
    .description('find the most VUs, or requests a second, that a gateway takes while it keeps an objective')
    .addHelpText(
      'after',
      `
The search doubles the load until a window fails, halves the step until it is small, then repeats the windows on either
side until both are decided. Each window starts the gateway anew and is a cell of an ordinary run, which can be reported
and resumed.

Examples:
  gatebench capacity -g nginx,litellm --objective 'p99<=100ms, errors<0.1%'
  gatebench capacity -g portkey --objective 'added-p99<=10ms' --precision 5
  gatebench capacity -g ferro:1.4.4,portkey --frontier
  gatebench capacity -g nginx --objective 'p99<=100ms' --from 200 --max 5000 --duration 20s
  gatebench capacity -g portkey --open --objective 'p99<=100ms, errors<0.1%'
  gatebench capacity --resume results/2026-05-04T10-00-00Z-capacity

Exit codes: 0 every window has a result, 1 a cell failed or the machine is not fit enough, 2 wrong usage`,
    )
    .action((options: CapacityCommandOptions) => interruptible((signal) => capacity(options, command, signal)));
  const own = [...fitnessOptions(), watchOption('the search')];
  const cells = cellOptions()
    .filter((option) => !CHOSEN_BY_SEARCH.includes(option.attributeName()))
    .map((option) => (option.attributeName() === 'scenario' ? option.default(SCENARIO) : option));
  const options = [...capacityOptions(), ...cells, ...runOptions(), ...hostOptions(), ...own];
  for (const option of [...options, jsonOption(), gatewaysDirOption()]) command.addOption(option);
}

async function capacity(options: CapacityCommandOptions, command: Command, signal: AbortSignal): Promise<void> {
  const request = () => ({
    ...cellRequest({ ...options, ...capacityLevels(options), repeats: 1 }),
    ...parseHostOptions(options),
    capacity: capacityRequest(options),
  });
  const { folder, records, report } = await measure('capacity', request, options, command, signal);
  if (options.json) writeJsonText(report.json);
  else writeResult(report.terminal({ colour: colours.isColorSupported, parts: 'capacity' }));
  writeStatus(`\nreport: ${folder}/report/index.html`);
  process.exitCode = exitCodeOf(records, false);
}
