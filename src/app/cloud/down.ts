import { formatResources, resourcesAt } from '../../cloud/recorded-resources.js';
import { Terraform } from '../../cloud/terraform.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { waitUntil } from '../../lib/sleep.js';
import { CloudFolder } from '../../store/cloud-folder.js';
import { benchHost, environmentOf } from './environment.js';
import { lockEnvironment } from './environment-lock.js';
import { fetchResults } from './fetch.js';
import type { InterruptGuard } from './guard.js';
import { awaitEarlierTerraform, recoverLost, type UnknownResource } from './lost-resources.js';
import { disconnectSplit } from './split.js';

/** Time for a run to stop its gateway and write its last record. */
const STOP_TIMEOUT_S = 60;

export interface DownOptions {
  /** The folder of all runs on this machine. */
  results: string;
  /** Remove the machines even if their results can't be fetched. */
  discard: boolean;
  status: (text: string) => void;
  guard: InterruptGuard;
  /** Stops what comes before the removal; undefined where nothing may stop it, as after an interrupt. */
  signal?: AbortSignal;
}

/**
 * Stop what runs, fetch the results, and remove the machines.
 * @throws ExpectedError where results can't be fetched (nothing is removed then), or where something is left
 */
export async function takeDown(folder: CloudFolder, options: DownOptions): Promise<void> {
  const { status, guard, signal } = options;
  Terraform.require();
  guard.watch(() => folder.state);
  const lock = await lockEnvironment(folder.path, folder.state.name, 'cloud down');
  try {
    if (!(await folder.reload())) return status(`environment "${folder.state.name}" is removed already`);
    const terraform = new Terraform(folder.terraformDir, status);
    await awaitEarlierTerraform(terraform, status, signal);
    await stopAndFetchUp(folder, options);
    signal?.throwIfAborted();
    await removeEnvironment(folder, terraform, { status, guard });
  } finally {
    lock.release();
  }
}

/**
 * {@link takeDown} by name; none of that name is no error.
 * @throws ExpectedError as {@link takeDown}
 */
export async function takeDownNamed(name: string, roots: Roots, options: DownOptions): Promise<void> {
  const folder = await CloudFolder.open(roots.cloud, name);
  if (folder !== null) return takeDown(folder, options);
  const others = await CloudFolder.names(roots.cloud);
  options.status(
    `there is no environment "${name}"${others.length > 0 ? `; existing ones: ${others.join(', ')}` : ''}`,
  );
}

/**
 * Remove an environment's machines and its state, without fetching anything. It counts as removed when Terraform has
 * removed all that it knows, knows nothing any more, and the provider has none of what was ever planned.
 * @throws ExpectedError that names what is left, with commands; the state is kept then, for another try
 */
export async function removeEnvironment(
  folder: CloudFolder,
  terraform: Terraform,
  { status, guard }: { status: (text: string) => void; guard: InterruptGuard },
): Promise<void> {
  const { name, step } = folder.state;
  if (step === 'new') {
    await folder.remove();
    return status(`environment "${name}" is removed; nothing had been made`);
  }
  await folder.update({ step: 'removing' });
  const work = { what: 'Terraform is removing the machines', afterwards: 'gatebench ends' };
  const { unknown, left, failure } = await guard.during(work, () => destroyAll(folder, terraform, status));
  if (failure !== null || left.length > 0 || unknown.length > 0) throw leftError(folder, left, unknown, failure);
  const done = formatRemoved(folder);
  await folder.remove();
  status(done);
}

/** @returns what is left, as far as is known: nothing is only removed where there was no failure either */
async function destroyAll(
  folder: CloudFolder,
  terraform: Terraform,
  status: (text: string) => void,
): Promise<{ unknown: UnknownResource[]; left: string[]; failure: unknown }> {
  let unknown: UnknownResource[] = [];
  let failure: unknown = null;
  try {
    unknown = await recoverLost(folder, terraform, status);
    await terraform.destroy();
  } catch (error) {
    failure = error;
  }
  try {
    return { unknown, left: await terraform.resources(), failure };
  } catch (error) {
    return { unknown, left: [], failure: failure ?? error };
  }
}

function leftError(
  folder: CloudFolder,
  left: readonly string[],
  unknown: readonly UnknownResource[],
  failure: unknown,
): ExpectedError {
  const { name, resources } = folder.state;
  const text = [`environment "${name}" is not removed`];
  if (failure !== null) text.push(messageOf(failure));
  // A failed destroy may have removed something and not said so: then all that was planned may be there.
  const known = left.length > 0 ? resourcesAt(left, resources) : failure === null ? [] : resources;
  if (known.length > 0) text.push(`${left.length > 0 ? 'left' : 'what may be left'}:\n${formatResources(known)}`);
  for (const { resource, why } of unknown) {
    text.push(`it could not be found out whether this exists:\n${formatResources([resource])}\n${why}`);
  }
  return new ExpectedError(text.join('\n'), `try again: gatebench cloud down --name ${name}`);
}

function formatRemoved({ state }: CloudFolder): string {
  const { name, outputs, ownsHosts, remoteDir } = state;
  if (ownsHosts || outputs === null) return `environment "${name}" is removed; nothing is left of it`;
  const places = Object.entries(outputs.hosts).map(
    // Of topology split, only the gateway's machine gets the project; the others get the programs that they run.
    ([role, { sshUser, address }]) =>
      `${sshUser}@${address}:${role === 'all' || role === 'gateway' ? remoteDir : '~/.cache/gatebench'}`,
  );
  return `environment "${name}" is removed; the files copied to your hosts are still there: ${places.join(', ')}`;
}

async function stopAndFetchUp(folder: CloudFolder, options: DownOptions): Promise<void> {
  const { discard, status, signal } = options;
  const { outputs, ownsHosts } = folder.state;
  if (outputs === null) return;
  try {
    await stopAndFetch(folder, options);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (folder.state.unfetched && !discard) throw unfetchedError(folder, error);
    status(`not everything could be stopped and fetched: ${messageOf(error)}`);
  }
  if (!ownsHosts) await disconnectSplit(environmentOf(folder), status);
}

async function stopAndFetch(folder: CloudFolder, { results, status, signal }: DownOptions): Promise<void> {
  const { host, setup, tools, bench } = benchHost(environmentOf(folder));
  // Nobody was ever there.
  if (!(await host.isPinned())) return;
  for (const job of [setup, tools, bench]) {
    const isRunning = async () => (await job.status(signal)).state.kind === 'running';
    if (!(await isRunning())) continue;
    status(`stopping what runs on ${host.label}`);
    await job.stop();
    const ended = await waitUntil(async () => !(await isRunning()), STOP_TIMEOUT_S * 1000, signal, 1000);
    if (!ended) status(`it did not stop within ${STOP_TIMEOUT_S} s`);
  }
  if (!folder.state.unfetched) return;
  await fetchResults(host, folder, { results, complete: true, status, ...(signal ? { signal } : {}) });
  await folder.update({ unfetched: false });
}

function unfetchedError(folder: CloudFolder, error: unknown): ExpectedError {
  const { name } = folder.state;
  return new ExpectedError(
    `environment "${name}" has results that could not be fetched, so nothing was removed: ${messageOf(error)}`,
    `try again: gatebench cloud down --name ${name}; or give them up: gatebench cloud down --name ${name} --discard`,
  );
}
