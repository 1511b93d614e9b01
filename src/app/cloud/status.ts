import { listRuns } from '../../cloud/remote-results.js';
import { messageOf } from '../../lib/errors.js';
import type { JobState } from '../../remote/job-status.js';
import { benchHost, type Environment, remotePaths } from './environment.js';

export interface EnvironmentStatus {
  name: string;
  provider: string;
  topology: string;
  createdAt: string;
  /** `problem`: why a host can't be reached. */
  hosts: { role: string; label: string; reachable: boolean; problem: string | null }[];
  /** Of the jobs on the host that runs `bench`; null where it can't be reached. */
  setup: JobState | null;
  bench: JobState | null;
  freeBytes: number | null;
  runs: { id: string; finishedCells: number }[];
  /** Whether results may be there that are not all on this machine. */
  unfetched: boolean;
}

/** Ask every host for its status. One that can't be reached is part of the result, not an error. */
export async function environmentStatus(environment: Environment): Promise<EnvironmentStatus> {
  const { folder, hosts } = environment;
  const { name, provider, createdAt, outputs, unfetched } = folder.state;
  const seen: EnvironmentStatus['hosts'] = [];
  for (const host of hosts) {
    const problem = await host.run(['true']).then(() => null, messageOf);
    seen.push({ role: host.role, label: host.label, reachable: problem === null, problem });
  }
  const { host, setup, bench } = benchHost(environment);
  const answers = seen.some(({ role, reachable }) => role === host.role && reachable);
  const setupStatus = answers ? await setup.status() : null;
  const benchStatus = answers ? await bench.status() : null;
  const runs = answers ? await listRuns(host, remotePaths(folder).results) : new Map<string, string[]>();
  return {
    name,
    provider,
    topology: outputs?.topology ?? 'single',
    createdAt,
    hosts: seen,
    setup: setupStatus?.state ?? null,
    bench: benchStatus?.state ?? null,
    freeBytes: benchStatus?.freeBytes ?? null,
    runs: [...runs].map(([id, cells]) => ({ id, finishedCells: cells.length })),
    unfetched,
  };
}
