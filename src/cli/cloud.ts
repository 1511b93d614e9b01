import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { takeDown } from '../app/cloud/down.js';
import { benchHost, openEnvironment } from '../app/cloud/environment.js';
import { fetchResults, renderFetched } from '../app/cloud/fetch.js';
import { environmentStatus } from '../app/cloud/status.js';
import { bringUp } from '../app/cloud/up.js';
import { Terraform } from '../cloud/terraform.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { rootsOf } from '../lib/roots.js';
import { CloudFolder } from '../store/cloud-folder.js';
import { registerCloudBench } from './cloud-bench.js';
import { interruptibleCloud } from './interrupt-cloud.js';
import { jsonOption } from './options/cell-options.js';
import { addUpOptions, type NameOption, nameOption, type UpOptions } from './options/cloud-options.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

/** `gatebench cloud`: from nothing to a result on machines elsewhere. */
export function registerCloud(program: Command): void {
  const cloud = program
    .command('cloud')
    .description('measure on other machines: made with Terraform and removed again, or hosts of your own')
    .addHelpText(
      'after',
      `
Examples:
  gatebench cloud bench --var project=my-project-123456     # all of it: make, install, measure, fetch, remove
  gatebench cloud up --host me@bench.example.com            # or step by step
  gatebench cloud bench -- --scenario quick
  gatebench cloud down

What it costs, which permissions it takes and what it leaves: docs/cloud.md`,
    );
  addUpOptions(cloud.command('up'))
    .description('make the machines, and wait until ssh lets us in')
    .action((options: UpOptions) =>
      interruptibleCloud(options.name, 'stop, and remove what was made', async (signal) => {
        await bringUp(options, rootsOf(), signal);
      }),
    );
  registerCloudBench(cloud);
  cloud
    .command('status')
    .description('what is up, what runs there, and how much of it is here')
    .addOption(nameOption())
    .addOption(jsonOption())
    .action(async (options: NameOption & { json?: boolean }) => {
      const status = await environmentStatus(await openEnvironment(rootsOf(), options.name));
      if (options.json) writeJson(status);
      else writeResult(status.lines.join('\n'));
    });
  cloud
    .command('fetch')
    .description('bring finished cells here; a run that is going on goes on')
    .addOption(nameOption())
    .addOption(outOption())
    .action((options: NameOption & { out?: string }) => fetch(options));
  cloud
    .command('down')
    .description('end what runs, fetch what is measured, and remove the machines')
    .addOption(nameOption())
    .addOption(outOption())
    .addOption(new Option('--discard', 'remove them even if results there could not be fetched'))
    .action((options: NameOption & { out?: string; discard?: boolean }) => down(options));
  for (const command of cloud.commands) command.exitOverride().showHelpAfterError('(--help shows what can be given)');
}

const outOption = () => new Option('-o, --out <dir>', 'folder here that runs go to (default: results)');

async function fetch(options: NameOption & { out?: string }): Promise<void> {
  const roots = rootsOf();
  const environment = await openEnvironment(roots, options.name);
  const { host, bench } = benchHost(environment);
  const running = (await bench.status()).state.kind === 'running';
  const results = resolve(options.out ?? roots.results);
  const places = await fetchResults(host, environment.folder, { results, complete: !running });
  if (places.length === 0) {
    throw new ExpectedError(`there is no run on ${host.label} yet`, 'start one with: gatebench cloud bench');
  }
  if (!running) await environment.folder.update({ unfetched: false });
  const text = await renderFetched(places, roots, colours.isColorSupported);
  if (text !== null) writeResult(text);
  writeStatus(running ? 'the run is still going on' : 'everything is here');
}

async function down(options: NameOption & { out?: string; discard?: boolean }): Promise<void> {
  const roots = rootsOf();
  const folder = await CloudFolder.open(roots.cloud, options.name);
  if (folder === null) {
    const others = await CloudFolder.names(roots.cloud);
    writeStatus(
      `nothing is up under the name "${options.name}"${others.length > 0 ? `; these are: ${others.join(', ')}` : ''}`,
    );
    return;
  }
  try {
    await takeDown(folder, { results: resolve(options.out ?? roots.results), discard: options.discard === true });
  } catch (error) {
    const left = await new Terraform(folder.terraformDir, writeStatus)
      .resources()
      .catch((problem) => [messageOf(problem)]);
    writeStatus(`still there: ${left.join(', ') || 'nothing'}`);
    throw error;
  }
}
