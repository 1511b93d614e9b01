import { writeStatus } from '../../cli/output.js';
import { admitKey, dismissKey, makeBenchKey } from '../../cloud/access.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import type { SshHost } from '../../remote/ssh-host.js';
import { hostsFolder, knownHostLine } from '../bench/other-hosts.js';
import { type Environment, remotePaths } from './environment.js';

/** What a `bench` on the gateway's machine has to be told of the others, in its own words and environment. */
export interface SplitWords {
  /** Of a new run: who gives load, and where the upstream is. */
  hosts: string[];
  /** Of every run, also one that goes on. */
  access: string[];
  environment: string[];
}

/**
 * Let the gateway's machine reach the others: a key of its own, which they let in, and their host keys as they are
 * pinned here, so that nobody is believed at first sight.
 * @throws ExpectedError where a machine refuses
 */
export async function connectSplit(environment: Environment, signal: AbortSignal): Promise<SplitWords> {
  const { folder, hosts } = environment;
  const { gateway, upstream, load } = splitRoles(hosts);
  const { base } = remotePaths(folder);
  const comment = `gatebench-${folder.state.name}`;
  const publicKey = await makeBenchKey(gateway, `${base}/bench-key`, comment, signal);
  // Noted before it is let in anywhere: down has to know what to take away.
  await folder.update({ benchKey: publicKey });
  const others = [upstream, ...load];
  for (const host of others) await admitKey(host, publicKey, signal);
  await pinOn(gateway, others, `${base}/cloud`, signal);
  writeStatus(`${gateway.label} may now reach ${others.map(({ label }) => label).join(', ')}`);
  return {
    hosts: [
      ...['--engine', 'k6', '--k6-hosts', load.map(internalName).join(','), '--k6-send'],
      ...['--gateway-address', gateway.host.internalAddress, '--upstream-host', internalName(upstream)],
    ],
    access: ['--identity', '../bench-key'],
    environment: ['GATEBENCH_CLOUD_DIR=../cloud'],
  };
}

/** Take the key away again from hosts that stay. One that can't be reached is told of: nobody else would know. */
export async function disconnectSplit({ folder, hosts }: Environment): Promise<void> {
  const { benchKey } = folder.state;
  if (benchKey === null) return;
  const { gateway, upstream, load } = splitRoles(hosts);
  for (const host of [upstream, ...load]) {
    await dismissKey(host, benchKey).catch((error: unknown) =>
      writeStatus(
        `${host.label} still lets ${gateway.label} in (${messageOf(error)}): remove this line of ~/.ssh/authorized_keys there: restrict ${benchKey}`,
      ),
    );
  }
  const { base } = remotePaths(folder);
  await gateway.run(['rm', '-f', `${base}/bench-key`, `${base}/bench-key.pub`]).catch(() => undefined);
  await folder.update({ benchKey: null });
}

function splitRoles(hosts: readonly SshHost[]): { gateway: SshHost; upstream: SshHost; load: SshHost[] } {
  const of = (role: string) => {
    const host = hosts.find((candidate) => candidate.role === role);
    if (!host) throw new Error(`topology split without a ${role}`);
    return host;
  };
  const load = hosts.filter(({ role }) => role.startsWith('load-'));
  return { gateway: of('gateway'), upstream: of('upstream'), load };
}

async function pinOn(gateway: SshHost, others: readonly SshHost[], cloudRoot: string, signal: AbortSignal) {
  const lines: string[] = [];
  for (const host of others) {
    const keys = await host.pinnedKeys();
    if (keys.length === 0) throw new ExpectedError(`no host key of ${host.label} is pinned here`, 'run cloud up again');
    lines.push(...keys.map((key) => knownHostLine(internalName(host), key)));
  }
  const write = 'umask 077; mkdir -p "$1" && cat >"$1/known_hosts"';
  await gateway.mustRun('note the other machines’ host keys', ['sh', '-c', write, 'sh', hostsFolder(cloudRoot)], {
    input: lines.join(''),
    signal,
  });
}

/** As the machines know one another: `gatebench@10.42.0.3:22`. */
function internalName({ host: { sshUser, internalAddress, sshPort } }: SshHost): string {
  const address = internalAddress.includes(':') ? `[${internalAddress}]` : internalAddress;
  return `${sshUser}@${address}:${sshPort}`;
}
