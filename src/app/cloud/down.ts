import { Terraform } from '../../cloud/terraform.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { waitUntil } from '../../lib/sleep.js';
import { CloudFolder } from '../../store/cloud-folder.js';
import { benchHost, environmentOf } from './environment.js';
import { fetchResults } from './fetch.js';
import { disconnectSplit } from './split.js';

/** Time for a run to stop its gateway and write its last record. */
const STOP_TIMEOUT_S = 60;

export interface DownOptions {
  /** The folder of all runs on this machine. */
  results: string;
  /** Remove the machines even if their results can't be fetched. */
  discard: boolean;
  status: (text: string) => void;
}

/**
 * Stop what runs, fetch the results, and remove the machines.
 * @throws ExpectedError where results can't be fetched (nothing is removed then), or where something is left
 */
export async function takeDown(folder: CloudFolder, options: DownOptions): Promise<void> {
  const { discard, status } = options;
  Terraform.require();
  const { outputs, ownsHosts } = folder.state;
  if (outputs !== null) {
    try {
      await stopAndFetch(folder, options);
    } catch (error) {
      if (folder.state.unfetched && !discard) throw unfetchedError(folder, error);
      status(`not everything could be stopped and fetched: ${messageOf(error)}`);
    }
  }
  if (outputs !== null && !ownsHosts) await disconnectSplit(environmentOf(folder), status);
  await removeEnvironment(folder, new Terraform(folder.terraformDir, status), status);
}

/**
 * {@link takeDown} by name; none of that name is no error.
 * @throws ExpectedError as {@link takeDown}, after the status says what is left
 */
export async function takeDownNamed(name: string, roots: Roots, options: DownOptions): Promise<void> {
  const { status } = options;
  const folder = await CloudFolder.open(roots.cloud, name);
  if (folder === null) {
    const others = await CloudFolder.names(roots.cloud);
    status(`there is no environment "${name}"${others.length > 0 ? `; existing ones: ${others.join(', ')}` : ''}`);
    return;
  }
  try {
    await takeDown(folder, options);
  } catch (error) {
    const terraform = new Terraform(folder.terraformDir, status);
    const left = await terraform.resources().catch((problem) => [messageOf(problem)]);
    status(`still there: ${left.join(', ') || 'nothing'}`);
    throw error;
  }
}

/**
 * Remove an environment's machines and its state, without fetching anything.
 * @throws ExpectedError that names what is left; the state is kept then, for another try
 */
export async function removeEnvironment(
  folder: CloudFolder,
  terraform: Terraform,
  status: (text: string) => void,
): Promise<void> {
  const { name, outputs, ownsHosts, remoteDir } = folder.state;
  const left = await terraform.destroy();
  if (left.length > 0) {
    throw new ExpectedError(
      `environment "${name}" could not be removed completely; left: ${left.join(', ')}`,
      `try again: gatebench cloud down --name ${name}`,
    );
  }
  await folder.remove();
  if (ownsHosts || outputs === null) {
    status(`environment "${name}" is removed; nothing is left of it`);
    return;
  }
  const places = Object.entries(outputs.hosts).map(
    // Of topology split, only the gateway's machine gets the project; the others get the programs that they run.
    ([role, { sshUser, address }]) =>
      `${sshUser}@${address}:${role === 'all' || role === 'gateway' ? remoteDir : '~/.cache/gatebench'}`,
  );
  status(`environment "${name}" is removed; the files copied to your hosts are still there: ${places.join(', ')}`);
}

async function stopAndFetch(folder: CloudFolder, { results, status }: DownOptions): Promise<void> {
  const { host, setup, tools, bench } = benchHost(environmentOf(folder));
  for (const job of [setup, tools, bench]) {
    const isRunning = async () => (await job.status()).state.kind === 'running';
    if (!(await isRunning())) continue;
    status(`stopping what runs on ${host.label}`);
    await job.stop();
    const ended = await waitUntil(async () => !(await isRunning()), STOP_TIMEOUT_S * 1000, undefined, 1000);
    if (!ended) status(`it did not stop within ${STOP_TIMEOUT_S} s`);
  }
  if (!folder.state.unfetched) return;
  await fetchResults(host, folder, { results, complete: true, status });
  await folder.update({ unfetched: false });
}

function unfetchedError(folder: CloudFolder, error: unknown): ExpectedError {
  const { name } = folder.state;
  return new ExpectedError(
    `environment "${name}" has results that could not be fetched, so nothing was removed: ${messageOf(error)}`,
    `try again: gatebench cloud down --name ${name}; or give them up: gatebench cloud down --name ${name} --discard`,
  );
}
