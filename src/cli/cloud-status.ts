import type { Command } from 'commander';
import type { EnvironmentStatus } from '../app/cloud/status.js';
import { jsonOption } from './options/cell-options.js';
import { type NameOption, nameOption } from './options/cloud-options.js';
import { writeJson, writeResult } from './output.js';

export function registerCloudStatus(cloud: Command): void {
  cloud
    .command('status')
    .description('show what is up, what runs there, and whether its results are fetched')
    .addOption(nameOption())
    .addOption(jsonOption())
    .action(async ({ name, json }: NameOption & { json?: boolean }) => {
      const [{ formatStep }, { environmentStatus }, { formatResources }, { rootsOf }] = await Promise.all([
        import('../app/cloud/environment.js'),
        import('../app/cloud/status.js'),
        import('../cloud/recorded-resources.js'),
        import('../lib/roots.js'),
      ]);
      const status = await environmentStatus(rootsOf(), name);
      if (json) writeJson(status);
      else writeResult(formatStatus(status, formatStep(status.step), formatResources(status.resources)));
    });
}

/** @param step how far it has come @param resources names of what was planned, with commands */
function formatStatus(status: EnvironmentStatus, step: string, resources: string): string {
  const { name, provider, topology, createdAt, hosts, setup, bench, freeBytes, runs, unfetched } = status;
  return [
    `environment "${name}": ${provider}, ${topology}, since ${createdAt}`,
    ...(status.step === 'up' ? [] : [`state: ${step}`]),
    ...(status.terraformPid === null ? [] : [`Terraform works on it now (PID ${status.terraformPid})`]),
    ...(status.step === 'up' || resources === '' ? [] : [`planned:\n${resources}`]),
    ...(status.endsAt === null ? [] : [`the machines delete themselves at about ${status.endsAt}`]),
    ...hosts.map(({ role, label, problem }) => `${role}: ${problem ?? `${label} is reachable`}`),
    ...(setup === null ? [] : [`make setup: ${formatJob(setup)}`]),
    ...(bench === null ? [] : [`bench: ${formatJob(bench)}`]),
    ...(freeBytes === null ? [] : [`free disk space: ${Math.floor(freeBytes / 2 ** 20)} MiB`]),
    ...runs.map(
      ({ id, finishedCells }) => `${id}: ${finishedCells} finished ${finishedCells === 1 ? 'cell' : 'cells'}`,
    ),
    unfetched ? 'some results are not fetched yet: gatebench cloud fetch' : 'all results are fetched',
  ].join('\n');
}

function formatJob(state: NonNullable<EnvironmentStatus['bench']>): string {
  switch (state.kind) {
    case 'none':
      return 'not started';
    case 'running':
      return 'running';
    case 'exited':
      return `ended with exit code ${state.code}`;
    case 'lost':
      return 'killed, or the machine was restarted';
  }
}
