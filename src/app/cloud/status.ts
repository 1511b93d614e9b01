import { listRuns } from '../../cloud/remote-results.js';
import { Terraform } from '../../cloud/terraform.js';
import { messageOf } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudResource, CloudStep } from '../../model/cloud.js';
import type { JobState } from '../../remote/remote-job.js';
import { benchHost, type Environment, environmentOf, openFolder, remotePaths } from './environment.js';

export interface EnvironmentStatus {
  name: string;
  provider: string;
  topology: string;
  createdAt: string;
  step: CloudStep;
  /** When the machines remove themselves; null where they don't. */
  endsAt: string | null;
  /** PID of a Terraform that works on it now. */
  terraformPid: number | null;
  /** What was planned; it exists unless `step` says otherwise. */
  resources: CloudResource[];
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
export async function environmentStatus(roots: Roots, name: string): Promise<EnvironmentStatus> {
  const folder = await openFolder(roots, name);
  const { provider, createdAt, step, endsAt, resources, outputs, settings, unfetched } = folder.state;
  return {
    name,
    provider,
    topology: outputs?.topology ?? settings.topology ?? 'single',
    createdAt,
    step,
    endsAt,
    terraformPid: new Terraform(folder.terraformDir, () => {}).running(),
    resources,
    ...(outputs === null ? NO_HOSTS : await hostsStatus(environmentOf(folder))),
    unfetched,
  };
}

type HostsStatus = Pick<EnvironmentStatus, 'hosts' | 'setup' | 'bench' | 'freeBytes' | 'runs'>;

const NO_HOSTS: HostsStatus = { hosts: [], setup: null, bench: null, freeBytes: null, runs: [] };

async function hostsStatus(environment: Environment): Promise<HostsStatus> {
  const seen: EnvironmentStatus['hosts'] = [];
  for (const host of environment.hosts) {
    // Asking a host that nobody was at would pin whatever key it shows.
    const problem = (await host.isPinned())
      ? await host.run(['true']).then(() => null, messageOf)
      : `${host.label} has not been reached yet`;
    seen.push({ role: host.role, label: host.label, reachable: problem === null, problem });
  }
  const { host, setup, bench } = benchHost(environment);
  const answers = seen.some(({ role, reachable }) => role === host.role && reachable);
  const setupStatus = answers ? await setup.status() : null;
  const benchStatus = answers ? await bench.status() : null;
  const { results } = remotePaths(environment.folder);
  const runs = answers ? await listRuns(host, results) : new Map<string, string[]>();
  return {
    hosts: seen,
    setup: setupStatus?.state ?? null,
    bench: benchStatus?.state ?? null,
    freeBytes: benchStatus?.freeBytes ?? null,
    runs: [...runs].map(([id, cells]) => ({ id, finishedCells: cells.length })),
  };
}
