import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { callerCidr } from '../../cloud/caller-address.js';
import { ownPublicKey } from '../../cloud/own-key.js';
import { estimatePrice, priceText } from '../../cloud/price-estimate.js';
import { Terraform } from '../../cloud/terraform.js';
import { ExpectedError, messageOf, UsageError } from '../../lib/errors.js';
import { PACKAGE_ROOT } from '../../lib/paths.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudProvider, ProviderInput, Topology } from '../../model/cloud.js';
import { lastWords, SSH_FAILED } from '../../remote/ssh-failure.js';
import type { SshHost } from '../../remote/ssh-host.js';
import { waitForSsh } from '../../remote/wait-for-ssh.js';
import { CloudFolder } from '../../store/cloud-folder.js';
import { copyModule, readProvider } from '../../store/providers.js';
import { removeEnvironment } from './down.js';
import { environmentOf, formatLeftRunning } from './environment.js';

/** The environment to create. */
export interface UpRequest {
  name: string;
  provider: string;
  /** Of the provider's Terraform module, as the user gave them. */
  variables: Record<string, unknown>;
  topology: Topology;
  /** Of topology split. */
  loadCount: number;
  /** A private key for hosts of the user's own; undefined where ssh knows its own. */
  identity: string | undefined;
  /** Addresses that may use ssh; undefined for this machine's public one. */
  allowFrom: string | undefined;
  /** The folder on the machines; undefined for one named after the environment. */
  remoteDir: string | undefined;
  /** Install the toolchain on hosts of the user's own too. */
  prepareHosts: boolean;
  asRoot: boolean;
  sshTimeoutS: number;
  /** Leave the machines up after a failure. */
  keep: boolean;
}

export interface UpContext {
  status: (text: string) => void;
  /** Asks whether to create the machines, once their price is known. */
  confirm: () => Promise<boolean>;
  signal: AbortSignal;
}

/**
 * Create an environment's machines, or resume a failed attempt, and wait until they accept ssh.
 * @throws ExpectedError where that fails; what was created is removed by then, unless `keep`
 */
export async function bringUp(request: UpRequest, roots: Roots, context: UpContext): Promise<CloudFolder> {
  const { status, confirm, signal } = context;
  Terraform.require();
  const { variables } = request;
  const provider = await readProvider(roots.providers, request.provider);
  for (const { variable, hint } of provider.requires) {
    if (!(variable in variables))
      throw new UsageError(`provider ${provider.name} needs the variable ${variable}`, hint);
  }
  const folder = await createFolder(request, provider, roots);
  const terraform = new Terraform(folder.terraformDir, status);
  let applied = false;
  try {
    await copyModule(roots.providers, provider.name, folder.terraformDir);
    const all = { ...variables, ...(await readInputs(provider, request, folder, signal)) };
    await folder.writeVariables(all);
    status(`terraform init (${provider.title})`);
    await terraform.init(signal);
    await terraform.plan(signal);
    status(`\n${formatCost(provider, request)}`);
    if (!(await confirm())) throw new UsageError('nothing was created', 'answer y, or pass --yes');
    applied = true;
    await terraform.apply(signal);
    await folder.update({ outputs: await terraform.outputs(signal) });
    const { hosts } = environmentOf(folder);
    for (const host of hosts) await connect(host, request, provider, context);
  } catch (error) {
    await cleanUpFailure(folder, terraform, applied, request.keep, status);
    throw error;
  }
  status(`environment "${folder.state.name}" is up; remove it with: gatebench cloud down --name ${folder.state.name}`);
  return folder;
}

async function createFolder(request: UpRequest, provider: CloudProvider, roots: Roots): Promise<CloudFolder> {
  const { name, identity, asRoot } = request;
  const earlier = await CloudFolder.open(roots.cloud, name);
  if (earlier?.state.outputs) {
    throw new UsageError(
      `environment "${name}" is already up`,
      `measure on it: gatebench cloud bench --name ${name}; or choose another --name`,
    );
  }
  if (earlier && earlier.state.provider !== provider.name) {
    throw new UsageError(
      `environment "${name}" was started with provider ${earlier.state.provider}`,
      `remove what may be left of it first: gatebench cloud down --name ${name}`,
    );
  }
  const remoteDir = request.remoteDir ?? `gatebench-${name}`;
  if (!/^[A-Za-z0-9_./-]+$/.test(remoteDir) || remoteDir.startsWith('-') || remoteDir.split('/').includes('..')) {
    throw new UsageError(
      `--remote-dir "${remoteDir}" is not a plain path`,
      'use letters, digits, and . _ - /, without ..',
    );
  }
  return CloudFolder.create(roots.cloud, {
    schemaVersion: 1,
    name,
    provider: provider.name,
    createdAt: new Date().toISOString(),
    outputs: null,
    identityFile: identity === undefined ? null : resolve(identity),
    ownKey: provider.inputs.includes('ssh_public_key'),
    ownsHosts: provider.ownsHosts,
    asRoot: provider.ownsHosts || asRoot,
    remoteDir,
    benchKey: null,
    unfetched: false,
  });
}

/** The variables that gatebench sets itself. */
async function readInputs(
  provider: CloudProvider,
  request: UpRequest,
  folder: CloudFolder,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const values: Record<ProviderInput, () => unknown> = {
    name: () => request.name,
    topology: () => request.topology,
    load_count: () => request.loadCount,
    allowed_cidr: () => request.allowFrom ?? callerCidr(signal),
    ssh_public_key: () => ownPublicKey(folder.path, request.name),
  };
  const entries = provider.inputs.map(async (input) => [input, await values[input]()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function formatCost(provider: CloudProvider, { topology, loadCount, variables }: UpRequest): string {
  if (provider.prices === null) return `${provider.title}: no costs`;
  const spot = variables.spot === true;
  const estimate = estimatePrice(provider.prices, {
    topology,
    loadCount,
    machineType: typeof variables.machine_type === 'string' ? variables.machine_type : null,
    diskGb: typeof variables.disk_gb === 'number' ? variables.disk_gb : null,
    spot,
  });
  return priceText(provider.prices, estimate, spot);
}

async function connect(
  host: SshHost,
  { sshTimeoutS, prepareHosts }: UpRequest,
  provider: CloudProvider,
  { status, signal }: UpContext,
): Promise<void> {
  status(`waiting for ssh on ${host.label} (${host.role})`);
  await waitForSsh(host, { timeoutS: sshTimeoutS, fresh: provider.ownsHosts, signal });
  const origin = host.host.hostKey === null ? 'seen first and pinned now' : 'as given';
  status(`${host.role}: host key ${(await host.fingerprint()) ?? '(unknown)'}, ${origin}`);
  if (provider.ownsHosts || prepareHosts) await prepare(host, status, signal);
}

/** Install what the host's role needs of Node, Go and build tools. */
async function prepare(host: SshHost, status: (text: string) => void, signal: AbortSignal): Promise<void> {
  status(`${host.role}: installing the toolchain (remote-programs/prepare-host.sh)`);
  const child = await host.start(['sh', '-s', '--', host.role], signal);
  child.stdout.on('data', (chunk: Uint8Array) => status(chunk.toString()));
  child.stdin.end(await readFile(join(PACKAGE_ROOT, 'remote-programs', 'prepare-host.sh'), 'utf8'));
  const { exitCode, stderr } = await child.ended();
  if (exitCode === SSH_FAILED) throw host.connectionError(stderr);
  if (exitCode !== 0) {
    throw new ExpectedError(
      `${host.label} could not be prepared (exit code ${exitCode}): ${lastWords(stderr)}`,
      'install Node 20.19 or later, Go 1.24 or later, make and gcc there by hand',
    );
  }
}

/** Don't leave machines that didn't come up to cost money. If they can't be removed, say so and keep the state. */
async function cleanUpFailure(
  folder: CloudFolder,
  terraform: Terraform,
  applied: boolean,
  keep: boolean,
  status: (text: string) => void,
): Promise<void> {
  try {
    // An earlier attempt may have created something.
    if (!applied && (await terraform.resources()).length === 0) return await folder.remove();
    if (keep) return status(formatLeftRunning(folder.state.name));
    status('cloud up failed: removing what was created (--keep leaves it)');
    await removeEnvironment(folder, terraform, status);
  } catch (error) {
    status(`removing it failed: ${messageOf(error)}\n${formatLeftRunning(folder.state.name)}`);
  }
}
