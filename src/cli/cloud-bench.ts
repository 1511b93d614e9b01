import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { takeDown } from '../app/cloud/down.js';
import { environmentOf } from '../app/cloud/environment.js';
import { measure } from '../app/cloud/measure.js';
import { bringUp } from '../app/cloud/up.js';
import { sourceOf } from '../cloud/source-archive.js';
import { messageOf, UsageError } from '../lib/errors.js';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { rootsOf } from '../lib/roots.js';
import type { Topology } from '../model/cloud.js';
import { CloudFolder } from '../store/cloud-folder.js';
import { requireWritable } from '../store/run-folder.js';
import { interruptibleCloud, leftBehind } from './interrupt-cloud.js';
import { durationParser, parseList } from './options/cell-options.js';
import { addUpOptions, givenUpOptions, type UpOptions } from './options/cloud-options.js';
import { writeStatus } from './output.js';

interface CloudBenchOptions extends UpOptions {
  gateways?: string[];
  project?: string;
  resume?: boolean;
  out?: string;
  patience: number;
}

export function registerCloudBench(cloud: Command): void {
  addUpOptions(cloud.command('bench'))
    .description('measure on a machine: make it (unless it is up), install, run, fetch, and remove what was made')
    .argument('[bench-arguments...]', 'after --: arguments for `gatebench bench` there, such as -- --scenario quick')
    .addOption(
      new Option('-g, --gateways <list>', 'gateways to install and measure (default: all)').argParser(parseList),
    )
    .addOption(new Option('--project <dir>', 'the git checkout whose commit is copied there (default: this one)'))
    .addOption(new Option('--resume', 'go on with the newest run of the machine'))
    .addOption(new Option('-o, --out <dir>', 'folder here that runs go to (default: results)'))
    .addOption(
      new Option('--patience <time>', 'how long a machine may be out of reach in the middle of a run')
        .default(1800, '30m')
        .argParser(durationParser('--patience', 0)),
    )
    .addHelpText(
      'after',
      `
Examples:
  gatebench cloud bench --var project=my-project-123456
  gatebench cloud bench --host me@bench.example.com -g direct,portkey -- --scenario quick --seed 7
  gatebench cloud bench --topology split --load-count 2 --var project=my-project-123456
  gatebench cloud bench --name nightly --resume`,
    )
    .action((benchArgs: string[], options: CloudBenchOptions, command: Command) =>
      interruptibleCloud(options.name, 'stop the run, fetch what is measured, and tear down what was made', (signal) =>
        cloudBench(options, benchArgs, givenUpOptions(command), signal),
      ),
    );
}

async function cloudBench(
  options: CloudBenchOptions,
  benchArgs: string[],
  shaping: string[],
  signal: AbortSignal,
): Promise<void> {
  const roots = rootsOf();
  const results = resolve(options.out ?? roots.results);
  // All that can be wrong here is found out before a machine costs anything.
  const gateways = options.gateways ?? null;
  for (const label of gateways ?? []) {
    if (!/^[a-z0-9][a-z0-9._:-]*$/.test(label)) throw new UsageError(`"${label}" is not the name of a gateway`);
  }
  const source = await sourceOf(options.project === undefined ? PACKAGE_ROOT : resolve(options.project));
  await requireWritable(results);

  const existing = await CloudFolder.open(roots.cloud, options.name);
  const raised = !existing?.state.outputs;
  if (!raised && shaping.length > 0) {
    throw new UsageError(
      `environment "${options.name}" is up already, so ${shaping.join(', ')} would change nothing`,
      `leave that out to measure there, choose another --name, or remove it: gatebench cloud down --name ${options.name}`,
    );
  }
  refuseOwnArguments(benchArgs, existing?.state.outputs?.topology ?? options.topology);
  const folder = existing?.state.outputs ? existing : await bringUp(options, roots, signal);
  const teardown = raised && options.keep !== true;
  try {
    const more = { source, gateways, benchArgs, resume: options.resume === true, results, patienceS: options.patience };
    process.exitCode = await measure(environmentOf(folder), more, roots, signal);
  } catch (error) {
    await afterFailure(folder, teardown, results);
    throw error;
  }
  if (teardown) await takeDown(folder, { results, discard: false });
  else writeStatus(leftBehind(folder.state.name));
}

/** Whatever happened, what was made is not left to cost money; what was measured comes first. */
async function afterFailure(folder: CloudFolder, teardown: boolean, results: string): Promise<void> {
  if (!teardown) return writeStatus(leftBehind(folder.state.name));
  try {
    await takeDown(folder, { results, discard: false });
  } catch (error) {
    writeStatus(`${messageOf(error)}\n${leftBehind(folder.state.name)}`);
  }
}

/** What `cloud bench` says itself. */
function refuseOwnArguments(benchArgs: string[], topology: Topology): void {
  const ofHosts = benchArgs.find((word) =>
    /^--(engine|k6-hosts|k6-path|k6-send|gateway-address|upstream-host|identity)(=.*)?$/.test(word),
  );
  if (topology === 'split' && ofHosts !== undefined) {
    throw new UsageError(
      `${ofHosts} can't be given after -- on topology split: k6 on the load machines gives the load, and the machines' addresses are known`,
      'leave it out, or use --topology single',
    );
  }
  const own = benchArgs.find((word) => /^(-g.*|-o.*|--(gateways|out|resume|gateways-dir)(=.*)?)$/.test(word));
  if (own === undefined) return;
  throw new UsageError(
    `${own} can't be given after --: it is about folders and gateways there`,
    'give --gateways, --out and --resume before the --',
  );
}
