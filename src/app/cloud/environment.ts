import { formatResources } from '../../cloud/recorded-resources.js';
import { UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudState, CloudStep } from '../../model/cloud.js';
import { RemoteJob } from '../../remote/remote-job.js';
import { SshHost } from '../../remote/ssh-host.js';
import { CloudFolder } from '../../store/cloud-folder.js';

/** An environment whose machines are up. */
export interface Environment {
  folder: CloudFolder;
  hosts: SshHost[];
}

/** @throws UsageError where there is none of that name, or it never came up */
export async function openEnvironment(roots: Roots, name: string): Promise<Environment> {
  const environment = environmentOf(await openFolder(roots, name));
  const { state } = environment.folder;
  const wasUp = state.step === 'up' || state.step === 'removing';
  // Going to a host that nobody was at would pin whatever key it shows.
  if (!wasUp || !(await benchHost(environment).host.isPinned())) throw notUp(state);
  return environment;
}

/** @throws UsageError where there is none of that name */
export async function openFolder(roots: Roots, name: string): Promise<CloudFolder> {
  const folder = await CloudFolder.open(roots.cloud, name);
  if (folder === null) {
    const names = await CloudFolder.names(roots.cloud);
    throw new UsageError(
      `there is no environment "${name}"`,
      names.length === 0 ? 'create it with: gatebench cloud up' : `existing ones: ${names.join(', ')}`,
    );
  }
  return folder;
}

/** How far an environment has come, for people. */
export function formatStep(step: CloudStep): string {
  switch (step) {
    case 'new':
      return 'nothing has been made';
    case 'applying':
      return 'some machines may exist: Terraform did not finish making them';
    case 'applied':
      return 'the machines exist, but not all have been reached and prepared';
    case 'up':
      return 'up';
    case 'removing':
      return 'some machines may exist: Terraform did not finish removing them';
  }
}

/** @throws UsageError where its machines never came up */
export function environmentOf(folder: CloudFolder): Environment {
  const { name, outputs, identityFile, ownKey, asRoot } = folder.state;
  if (outputs === null) throw notUp(folder.state);
  const context = { folder: folder.path, environment: name, identityFile, ownKey, asRoot };
  return { folder, hosts: Object.entries(outputs.hosts).map(([role, host]) => new SshHost(role, host, context)) };
}

function notUp({ name, step }: CloudState): UsageError {
  return new UsageError(
    `environment "${name}" is not up: ${formatStep(step)}`,
    `resume it: gatebench cloud up --name ${name}; or remove it: gatebench cloud down --name ${name}`,
  );
}

/** What to say when an environment isn't removed: what is left, and what to do with it. */
export function formatLeftRunning(state: CloudState): string {
  const { name, step, unfetched } = state;
  if (step === 'new') return `environment "${name}": ${formatStep(step)}`;
  return [
    `environment "${name}" is left as it is${unfetched ? ', and its run continues' : ''}.`,
    `status: gatebench cloud status --name ${name}; fetch: gatebench cloud fetch --name ${name}; remove: gatebench cloud down --name ${name}`,
    ...formatRemains(state),
  ].join('\n');
}

/** What may be left while Terraform works on an environment and nobody waits for it. */
export function formatAtRisk(state: CloudState): string {
  return [
    'Terraform continues by itself, and what it has made so far is recorded.',
    `Remove everything: gatebench cloud down --name ${state.name} (it waits for Terraform)`,
    ...formatRemains(state),
  ].join('\n');
}

/** By name, with the commands that remove it without gatebench; nothing where the hosts are the user's. */
function formatRemains({ resources, endsAt, ownsHosts }: CloudState): string[] {
  if (!ownsHosts || resources.length === 0) return [];
  return [
    `What may be there, and what removes each of them without gatebench:\n${formatResources(resources)}`,
    ...(endsAt === null ? [] : [`The machines delete themselves at about ${endsAt}; until then they cost money.`]),
  ];
}

/** Folders on a host. */
export function remotePaths(folder: CloudFolder) {
  const base = folder.state.remoteDir;
  return { base, project: `${base}/project`, results: `${base}/results`, jobs: `${base}/jobs` };
}

/** The host that runs `bench`, and its jobs in the order in which they run. */
export interface BenchHost {
  host: SshHost;
  setup: RemoteJob;
  /** Installs k6 for the load machines of topology split. */
  tools: RemoteJob;
  bench: RemoteJob;
}

/** The host that runs `bench`: the only one, or the gateway's. */
export function benchHost({ folder, hosts }: Environment): BenchHost {
  const host = hosts.find(({ role }) => role === 'all' || role === 'gateway');
  if (!host) throw new Error('an environment without a host for the gateway');
  const { jobs } = remotePaths(folder);
  const job = (name: string) => new RemoteJob(host, `${jobs}/${name}`);
  return { host, setup: job('setup'), tools: job('tools'), bench: job('bench') };
}
