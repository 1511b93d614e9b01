import { join } from 'node:path';
import { copyResults, listRuns } from '../../cloud/remote-results.js';
import { ExpectedError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { SshHost } from '../../remote/ssh-host.js';
import type { Report } from '../../report/report.js';
import { adoptedCells, adoptRun, incomingFolder, remeasuredCells } from '../../store/adopt-run.js';
import type { CloudFolder } from '../../store/cloud-folder.js';
import { RunFolder } from '../../store/run-folder.js';
import { writeReport } from '../report/write-report.js';
import { benchHost, openEnvironment, remotePaths } from './environment.js';

export interface FetchOptions {
  /** The folder of all runs on this machine. */
  results: string;
  /**
   * Once no run is under way: fetch every record again, since a later cell may have completed it, and everything else
   * that a cell left.
   */
  complete: boolean;
  status: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Fetch finished cells that aren't on this machine yet. Each appears whole, or not at all.
 * @returns folders on this machine of the host's runs, oldest first
 * @throws ExpectedError where the host or the local disk fails; what was fetched before stays
 */
export async function fetchResults(host: SshHost, folder: CloudFolder, options: FetchOptions): Promise<string[]> {
  const { results, complete, status, signal } = options;
  const { results: remote } = remotePaths(folder);
  const runs = await listRuns(host, remote, signal);
  const places: string[] = [];
  for (const [runId, cells] of [...runs].sort(([a], [b]) => a.localeCompare(b))) {
    const place = join(results, runId);
    places.push(place);
    const fetched = new Set(await adoptedCells(results, runId));
    const missing = cells.filter((cell) => !fetched.has(cell));
    if (missing.length === 0 && !complete) continue;
    const again = complete ? cells.filter((cell) => fetched.has(cell)) : [];
    const incoming = await incomingFolder(results);
    try {
      const records = again.map((cell) => `${runId}/cells/${cell}/record.json`);
      if (records.length > 0) await copyResults(host, remote, records, incoming.path, signal);
      const whole = [...missing, ...(await remeasuredCells(incoming.path, runId, results))];
      const paths = [`${runId}/run.json`, ...whole.map((cell) => `${runId}/cells/${cell}`)];
      await copyResults(host, remote, paths, incoming.path, signal);
      const added = await adoptRun(incoming.path, runId, results);
      if (added.length > 0) status(`fetched to ${place}: ${added.join(', ')}`);
    } finally {
      await incoming.remove();
    }
  }
  return places;
}

/** Write the reports of fetched runs. @returns the newest run's; null where there is none */
export async function writeReports(
  places: string[],
  roots: Roots,
  status: (text: string) => void,
): Promise<Report | null> {
  let newest: Report | null = null;
  for (const place of places) {
    newest = await writeReport(await RunFolder.open(place), roots, status);
    status(`report: ${place}/report/index.html`);
  }
  return newest;
}

/**
 * Fetch what an environment has measured, and report on it.
 * @returns the newest run's report, and whether a run is still under way
 * @throws ExpectedError where there is no run yet
 */
export async function fetchEnvironment(
  name: string,
  roots: Roots,
  { results, status }: { results: string; status: (text: string) => void },
): Promise<{ report: Report | null; running: boolean }> {
  const environment = await openEnvironment(roots, name);
  const { host, bench } = benchHost(environment);
  const running = (await bench.status()).state.kind === 'running';
  const places = await fetchResults(host, environment.folder, { results, complete: !running, status });
  if (places.length === 0) {
    throw new ExpectedError(`there is no run on ${host.label} yet`, 'start one with: gatebench cloud bench');
  }
  if (!running) await environment.folder.update({ unfetched: false });
  return { report: await writeReports(places, roots, status), running };
}
