import { admitKey, dismissKey, makeBenchKey } from '../../cloud/bench-key.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import type { SshHost } from '../../remote/ssh-host.js';
import { hostsFolder, knownHostLine } from '../bench/other-hosts.js';
import { type Environment, remotePaths } from './environment.js';

/** What `bench` on the gateway's machine needs to use the other machines. */
export interface SplitArguments {
  /** Arguments of a new run: the load machines and the upstream's. */
  hosts: string[];
  /** Arguments of every run, resumed ones too. */
  access: string[];
  /** `NAME=value`. */
  environment: string[];
}

/**
 * Let the gateway's machine reach the others: with a key of its own, which they authorize, and with their host keys as
 * pinned on this machine, so that no key is trusted on first use.
 * @throws ExpectedError where a machine refuses
 */
export async function connectSplit(
  environment: Environment,
  status: (text: string) => void,
  signal: AbortSignal,
): Promise<SplitArguments> {
  const { folder, hosts } = environment;
  const { gateway, upstream, load } = splitRoles(hosts);
  const { base } = remotePaths(folder);
  const comment = `gatebench-${folder.state.name}`;
  const publicKey = await makeBenchKey(gateway, `${base}/bench-key`, comment, signal);
  // Stored before any machine authorizes it: down has to know which key to revoke.
  await folder.update({ benchKey: publicKey });
  const others = [upstream, ...load];
  for (const host of others) await admitKey(host, publicKey, signal);
  await pinHostKeys(gateway, others, `${base}/cloud`, signal);
  status(`${gateway.label} may now reach ${others.map(({ label }) => label).join(', ')}`);
  return {
    hosts: [
      ...['--engine', 'k6', '--k6-hosts', load.map(internalName).join(','), '--k6-send'],
      ...['--gateway-address', gateway.host.internalAddress, '--upstream-host', internalName(upstream)],
    ],
    access: ['--identity', '../bench-key'],
    environment: ['GATEBENCH_CLOUD_DIR=../cloud'],
  };
}

/** Revoke the key on hosts that stay, and report hosts where that fails. */
export async function disconnectSplit({ folder, hosts }: Environment, status: (text: string) => void): Promise<void> {
  const { benchKey } = folder.state;
  if (benchKey === null) return;
  const { gateway, upstream, load } = splitRoles(hosts);
  for (const host of [upstream, ...load]) {
    await dismissKey(host, benchKey).catch((error: unknown) =>
      status(
        `${host.label} still authorizes ${gateway.label} (${messageOf(error)}): remove this line from ~/.ssh/authorized_keys there: restrict ${benchKey}`,
      ),
    );
  }
  const { base } = remotePaths(folder);
  await gateway.run(['rm', '-f', `${base}/bench-key`, `${base}/bench-key.pub`]).catch(() => undefined);
  await folder.update({ benchKey: null });
}

function splitRoles(hosts: readonly SshHost[]): { gateway: SshHost; upstream: SshHost; load: SshHost[] } {
  const find = (role: string) => {
    const host = hosts.find((candidate) => candidate.role === role);
    if (!host) throw new Error(`topology split without a ${role}`);
    return host;
  };
  const load = hosts.filter(({ role }) => role.startsWith('load-'));
  return { gateway: find('gateway'), upstream: find('upstream'), load };
}

async function pinHostKeys(gateway: SshHost, others: readonly SshHost[], cloudRoot: string, signal: AbortSignal) {
  const lines: string[] = [];
  for (const host of others) {
    const keys = await host.pinnedKeys();
    if (keys.length === 0)
      throw new ExpectedError(`no host key of ${host.label} is pinned`, 'run gatebench cloud up again');
    lines.push(...keys.map((key) => knownHostLine(internalName(host), key)));
  }
  const write = 'umask 077; mkdir -p "$1" && cat >"$1/known_hosts"';
  await gateway.mustRun('write the other machines’ host keys', ['sh', '-c', write, 'sh', hostsFolder(cloudRoot)], {
    input: lines.join(''),
    signal,
  });
}

/** The address inside the network: `gatebench@10.42.0.3:22`. */
function internalName({ host: { sshUser, internalAddress, sshPort } }: SshHost): string {
  const address = internalAddress.includes(':') ? `[${internalAddress}]` : internalAddress;
  return `${sshUser}@${address}:${sshPort}`;
}
