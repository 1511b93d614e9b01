import { resolve } from 'node:path';
import { confirmed, leftBehind } from '../../cli/interrupt-cloud.js';
import { type UpOptions, variablesOf } from '../../cli/options/cloud-options.js';
import { writeStatus } from '../../cli/output.js';
import { callerCidr, ownPublicKey } from '../../cloud/access.js';
import { estimatePrice, priceText } from '../../cloud/price-estimate.js';
import { Terraform } from '../../cloud/terraform.js';
import { ExpectedError, messageOf, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudProvider, ProviderInput } from '../../model/cloud.js';
import { shellProgram } from '../../remote/remote-program.js';
import { CONNECTION_LOST } from '../../remote/remote-shell.js';
import { lastLine } from '../../remote/ssh-failure.js';
import { type SshHost, waitForSsh } from '../../remote/ssh-host.js';
import { CloudFolder } from '../../store/cloud-folder.js';
import { copyModule, readProvider } from '../../store/providers.js';
import { environmentOf } from './environment.js';
import { removeEnvironment } from './remove.js';

/**
 * Make an environment's machines, or go on where an attempt failed, and wait until they let us in.
 * @throws ExpectedError where that fails; what was made is removed by then, unless `keep`
 */
export async function bringUp(options: UpOptions, roots: Roots, signal: AbortSignal): Promise<CloudFolder> {
  Terraform.require();
  const { provider: providerName, variables } = variablesOf(options);
  const provider = await readProvider(roots.providers, providerName);
  for (const { variable, hint } of provider.requires) {
    if (!(variable in variables)) throw new UsageError(`provider ${provider.name} has to know its ${variable}`, hint);
  }
  const folder = await newFolder(options, provider, roots);
  const terraform = new Terraform(folder.terraformDir, writeStatus);
  let applied = false;
  try {
    await copyModule(roots.providers, provider.name, folder.terraformDir);
    const all = { ...variables, ...(await inputsFor(provider, options, folder, signal)) };
    await folder.writeVariables(all);
    writeStatus(`terraform init (${provider.title})`);
    await terraform.init(signal);
    await terraform.plan(signal);
    writeStatus(`\n${costText(provider, options, variables)}`);
    if (options.yes !== true && !(await mayGoOn())) {
      throw new UsageError('nothing was made', 'answer y, or give --yes');
    }
    applied = true;
    await terraform.apply(signal);
    await folder.update({ outputs: await terraform.outputs(signal) });
    const { hosts } = environmentOf(folder);
    for (const host of hosts) await reach(host, options, provider, signal);
  } catch (error) {
    await giveUp(folder, terraform, applied, options.keep === true);
    throw error;
  }
  writeStatus(
    `environment "${folder.state.name}" is up; remove it with: gatebench cloud down --name ${folder.state.name}`,
  );
  return folder;
}

async function newFolder(options: UpOptions, provider: CloudProvider, roots: Roots): Promise<CloudFolder> {
  const earlier = await CloudFolder.open(roots.cloud, options.name);
  if (earlier?.state.outputs) {
    throw new UsageError(
      `environment "${options.name}" is up already`,
      `measure on it: gatebench cloud bench --name ${options.name}; or choose another --name`,
    );
  }
  if (earlier && earlier.state.provider !== provider.name) {
    throw new UsageError(
      `environment "${options.name}" was begun with provider ${earlier.state.provider}`,
      `remove what may be left of it first: gatebench cloud down --name ${options.name}`,
    );
  }
  const remoteDir = options.remoteDir ?? `gatebench-${options.name}`;
  if (!/^[A-Za-z0-9_./-]+$/.test(remoteDir) || remoteDir.startsWith('-') || remoteDir.split('/').includes('../..')) {
    throw new UsageError(`--remote-dir "${remoteDir}" is no plain path`, 'use letters, digits, and . _ - /');
  }
  return CloudFolder.create(roots.cloud, {
    schemaVersion: 1,
    name: options.name,
    provider: provider.name,
    createdAt: new Date().toISOString(),
    outputs: null,
    identityFile: options.identity === undefined ? null : resolve(options.identity),
    ownKey: provider.inputs.includes('ssh_public_key'),
    ownsHosts: provider.ownsHosts,
    asRoot: provider.ownsHosts || options.asRoot === true,
    remoteDir,
    benchKey: null,
    unfetched: false,
  });
}

/** The variables that the module has and the user doesn't have to know. */
async function inputsFor(
  provider: CloudProvider,
  options: UpOptions,
  folder: CloudFolder,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const values: Record<ProviderInput, () => unknown> = {
    name: () => options.name,
    topology: () => options.topology,
    load_count: () => options.loadCount,
    allowed_cidr: () => options.allowFrom ?? callerCidr(signal),
    ssh_public_key: () => ownPublicKey(folder.path, options.name),
  };
  const entries = provider.inputs.map(async (input) => [input, await values[input]()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function costText(provider: CloudProvider, options: UpOptions, variables: Record<string, unknown>): string {
  if (provider.prices === null) return `${provider.title}: nothing is paid for here`;
  const spot = variables.spot === true;
  const estimate = estimatePrice(provider.prices, {
    topology: options.topology,
    loadCount: options.loadCount,
    machineType: typeof variables.machine_type === 'string' ? variables.machine_type : null,
    diskGb: typeof variables.disk_gb === 'number' ? variables.disk_gb : null,
    spot,
  });
  return priceText(provider.prices, estimate, spot);
}

function mayGoOn(): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    throw new UsageError('machines are only made when somebody says so, and nobody can be asked here', 'give --yes');
  }
  return confirmed('make these machines?', false);
}

async function reach(host: SshHost, options: UpOptions, provider: CloudProvider, signal: AbortSignal): Promise<void> {
  writeStatus(`waiting for ssh on ${host.label} (${host.role})`);
  await waitForSsh(host, { timeoutS: options.sshTimeout, fresh: provider.ownsHosts, signal });
  const how = host.host.hostKey === null ? 'as it answered first, pinned now' : 'as it was given';
  writeStatus(`${host.role}: host key ${(await host.fingerprint()) ?? '(unknown)'}, ${how}`);
  if (provider.ownsHosts || options.prepareHosts === true) await prepare(host, signal);
}

/** Node, Go and build tools, as far as the host's role takes them. */
async function prepare(host: SshHost, signal: AbortSignal): Promise<void> {
  writeStatus(`${host.role}: preparing it (remote-programs/prepare-host.sh)`);
  const child = await host.start(shellProgram('prepare-host.sh', host.role), signal);
  child.stdout.on('data', (chunk: Uint8Array) => writeStatus(chunk.toString()));
  child.stdin.end();
  const { exitCode, stderr } = await child.ended();
  if (exitCode === CONNECTION_LOST) throw host.connectionError(stderr);
  if (exitCode !== 0) {
    throw new ExpectedError(
      `${host.label} could not be prepared (exit code ${exitCode}): ${lastLine(stderr)}`,
      'install Node 20.19 or later, Go 1.24 or later, make and gcc there by hand',
    );
  }
}

/** An environment that didn't come up isn't left to cost money. What can't be removed is told of, and keeps its state. */
async function giveUp(folder: CloudFolder, terraform: Terraform, applied: boolean, keep: boolean): Promise<void> {
  try {
    // An earlier attempt may have made something.
    if (!applied && (await terraform.resources()).length === 0) return await folder.remove();
    if (keep) return writeStatus(leftBehind(folder.state.name));
    writeStatus('that failed: removing what was made (--keep leaves it)');
    await removeEnvironment(folder, terraform);
  } catch (error) {
    writeStatus(`it could not be removed: ${messageOf(error)}\n${leftBehind(folder.state.name)}`);
  }
}
