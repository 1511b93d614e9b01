import { writeStatus } from '../../cli/output.js';
import { Terraform } from '../../cloud/terraform.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { waitUntil } from '../../lib/sleep.js';
import type { CloudFolder } from '../../store/cloud-folder.js';
import { benchHost, environmentOf } from './environment.js';
import { fetchResults } from './fetch.js';
import { removeEnvironment } from './remove.js';
import { disconnectSplit } from './split.js';

/** A run unwinds within this: it stops its gateway, and writes its last record. */
const UNWIND_S = 60;

/**
 * End what runs, fetch what is measured, and remove the machines.
 * @param options.results where runs go
 * @param options.discard remove them even if results can't be fetched
 * @throws ExpectedError where results can't be fetched (nothing is removed then), or where something is left
 */
export async function takeDown(folder: CloudFolder, options: { results: string; discard: boolean }): Promise<void> {
  Terraform.require();
  const { outputs, ownsHosts } = folder.state;
  if (outputs !== null) {
    try {
      await stopAndFetch(folder, options.results);
    } catch (error) {
      if (folder.state.unfetched && !options.discard) throw unfetchedError(folder, error);
      writeStatus(`not everything could be stopped and fetched: ${messageOf(error)}`);
    }
  }
  if (outputs !== null && !ownsHosts) await disconnectSplit(environmentOf(folder));
  await removeEnvironment(folder, new Terraform(folder.terraformDir, writeStatus));
}

async function stopAndFetch(folder: CloudFolder, results: string): Promise<void> {
  const { host, setup, tools, bench } = benchHost(environmentOf(folder));
  for (const job of [setup, tools, bench]) {
    if ((await job.status()).state.kind !== 'running') continue;
    writeStatus(`stopping what runs on ${host.label}`);
    await job.stop();
    const ended = await waitUntil(
      async () => (await job.status()).state.kind !== 'running',
      UNWIND_S * 1000,
      undefined,
      1000,
    );
    if (!ended) writeStatus(`it has not ended within ${UNWIND_S} s`);
  }
  if (!folder.state.unfetched) return;
  await fetchResults(host, folder, { results, complete: true });
  await folder.update({ unfetched: false });
}

function unfetchedError(folder: CloudFolder, error: unknown): ExpectedError {
  const { name } = folder.state;
  return new ExpectedError(
    `environment "${name}" has results that could not be fetched, so nothing was removed: ${messageOf(error)}`,
    `try again: gatebench cloud down --name ${name}; or give them up: gatebench cloud down --name ${name} --discard`,
  );
}
