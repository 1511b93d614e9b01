import { listRuns } from '../../cloud/remote-results.js';
import { messageOf } from '../../lib/errors.js';
import type { JobState } from '../../remote/remote-job.js';
import { benchHost, type Environment, remotePaths } from './environment.js';

export interface EnvironmentStatus {
  name: string;
  provider: string;
  topology: string;
  hosts: { role: string; label: string; reachable: boolean }[];
  /** For people. */
  lines: string[];
}

/** Ask every host how it is. One that can't be reached is part of the answer, and no error. */
export async function environmentStatus(environment: Environment): Promise<EnvironmentStatus> {
  const { folder, hosts } = environment;
  const { name, provider, createdAt, outputs, unfetched } = folder.state;
  const topology = outputs?.topology ?? 'single';
  const lines = [`environment "${name}": ${provider}, ${topology}, since ${createdAt}`];
  const seen: EnvironmentStatus['hosts'] = [];
  for (const host of hosts) {
    const problem = await host.run(['true']).then(() => null, messageOf);
    seen.push({ role: host.role, label: host.label, reachable: problem === null });
    lines.push(`${host.role}: ${problem ?? `${host.label} answers`}`);
  }
  const { host, setup, bench } = benchHost(environment);
  if (seen.some(({ role, reachable }) => role === host.role && reachable)) {
    const [setupStatus, benchStatus] = [await setup.status(), await bench.status()];
    lines.push(`make setup: ${stateText(setupStatus.state)}`, `bench: ${stateText(benchStatus.state)}`);
    if (benchStatus.freeBytes !== null) lines.push(`free disk: ${Math.floor(benchStatus.freeBytes / 2 ** 20)} MiB`);
    for (const [runId, cells] of await listRuns(host, remotePaths(folder).results)) {
      lines.push(`${runId}: ${cells.length} finished cells`);
    }
  }
  lines.push(
    unfetched ? 'results are there that are not all here: gatebench cloud fetch' : 'nothing is there that is not here',
  );
  return { name, provider, topology, hosts: seen, lines };
}

function stateText(state: JobState): string {
  switch (state.kind) {
    case 'none':
      return 'not started';
    case 'running':
      return 'running';
    case 'exited':
      return `ended with exit code ${state.code}`;
    case 'lost':
      return 'killed, or the machine was restarted';
  }
}
