import { join } from 'node:path';
import { writeStatus } from '../../cli/output.js';
import { copyResults, listRuns } from '../../cloud/remote-results.js';
import type { Roots } from '../../lib/roots.js';
import type { SshHost } from '../../remote/ssh-host.js';
import { adoptedCells, adoptRun, incomingFolder } from '../../store/adopt-run.js';
import type { CloudFolder } from '../../store/cloud-folder.js';
import { RunFolder } from '../../store/run-folder.js';
import { writeReport } from '../report/write-report.js';
import { remotePaths } from './environment.js';

export interface FetchOptions {
  /** The folder of all runs here. */
  results: string;
  /** Once no run is going on: every record again, since a later cell may have completed it, and whatever else there is. */
  complete: boolean;
  signal?: AbortSignal;
}

/**
 * Bring finished cells here that aren't here yet. Each appears here whole, or not at all.
 * @returns folders here of the runs that the host has, oldest first
 * @throws ExpectedError where the host or the disk here fails; what came before stays
 */
export async function fetchResults(host: SshHost, folder: CloudFolder, options: FetchOptions): Promise<string[]> {
  const { results: remote } = remotePaths(folder);
  const runs = await listRuns(host, remote, options.signal);
  const places: string[] = [];
  for (const [runId, cells] of [...runs].sort(([a], [b]) => a.localeCompare(b))) {
    const place = join(options.results, runId);
    places.push(place);
    const here = new Set(await adoptedCells(options.results, runId));
    const missing = cells.filter((cell) => !here.has(cell));
    if (missing.length === 0 && !options.complete) continue;
    const again = options.complete ? cells.filter((cell) => here.has(cell)) : [];
    const paths = [
      `${runId}/run.json`,
      ...missing.map((cell) => `${runId}/cells/${cell}`),
      ...again.map((cell) => `${runId}/cells/${cell}/record.json`),
    ];
    const incoming = await incomingFolder(options.results);
    try {
      await copyResults(host, remote, paths, incoming.path, options.signal);
      const added = await adoptRun(incoming.path, runId, options.results);
      if (added.length > 0) writeStatus(`fetched to ${place}: ${added.join(', ')}`);
    } finally {
      await incoming.remove();
    }
  }
  return places;
}

/** Tables and charts of fetched runs. @returns the text of the newest run's; null where there is none */
export async function renderFetched(places: string[], roots: Roots, colour: boolean): Promise<string | null> {
  let text: string | null = null;
  for (const place of places) {
    const report = await writeReport(await RunFolder.open(place), roots, writeStatus);
    text = report.terminal({ colour });
    writeStatus(`report: ${place}/report/report.md`);
  }
  return text;
}
