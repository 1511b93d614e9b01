import { networkInterfaces } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseList } from '../../cli/options/cell-options.js';
import { writeStatus } from '../../cli/output.js';
import { UsageError } from '../../lib/errors.js';
import { parseHost } from '../../lib/parse-host.js';
import type { Roots } from '../../lib/roots.js';
import type { Engine } from '../../load/engine.js';
import { k6HostsEngine } from '../../load/k6/hosts-engine.js';
import { type Sending, uploadK6 } from '../../load/k6/upload-k6.js';
import type { RemoteLoad } from '../../model/run.js';
import { otherHost } from './other-hosts.js';

const DEFAULT_PROGRAM = 'k6';

/** A load that comes from other hosts. */
export interface K6HostsOptions {
  k6Hosts?: string[];
  k6Path?: string;
  k6Send?: boolean;
  gatewayAddress?: string;
}

export function addK6HostsOptions(command: Command): void {
  command
    .addOption(
      new Option('--k6-hosts <list>', 'hosts that share the VUs, with --engine k6: user@host[:port],...').argParser(
        parseHosts,
      ),
    )
    .addOption(new Option('--k6-path <program>', 'k6 on these hosts (default: "k6")'))
    .addOption(new Option('--k6-send', "send this machine's k6 to these hosts"))
    .addOption(new Option('--gateway-address <address>', "this machine's address, as these hosts know it"));
}

/**
 * Which hosts a new run's load comes from; null for this machine alone.
 * @throws UsageError where the options don't fit together
 */
export function remoteLoadOf(options: K6HostsOptions & { engine: string }): RemoteLoad | null {
  const { k6Hosts, k6Path, k6Send, gatewayAddress, engine } = options;
  if (k6Hosts === undefined) {
    if (k6Send || k6Path !== undefined) {
      throw new UsageError(`${k6Send ? '--k6-send' : '--k6-path'} goes with --k6-hosts`, 'name the hosts too');
    }
    if (gatewayAddress !== undefined) {
      throw new UsageError('--gateway-address goes with --k6-hosts', 'name the hosts too');
    }
    return null;
  }
  if (engine !== 'k6') {
    throw new UsageError(`--k6-hosts drive k6, and the engine is ${engine}`, 'add --engine k6');
  }
  if (gatewayAddress === undefined) {
    const own = ownAddresses();
    throw new UsageError(
      '--k6-hosts need --gateway-address: 127.0.0.1 would be each host itself',
      own.length > 0
        ? `this machine's addresses: ${own.join(', ')}`
        : 'give the address that the hosts reach this machine at',
    );
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9.:-]*$/.test(gatewayAddress)) {
    throw new UsageError(`"${gatewayAddress}" is not an address`, 'give a host name or an IP address, without a port');
  }
  if (k6Send && k6Path !== undefined) {
    throw new UsageError('--k6-send and --k6-path are two ways to say which k6 the hosts run', 'leave one of them out');
  }
  return { hosts: k6Hosts, gatewayAddress, program: k6Send ? null : (k6Path ?? DEFAULT_PROGRAM) };
}

/** The engine of a load that other hosts drive. */
export async function remoteEngine(
  remote: RemoteLoad,
  identity: string | undefined,
  roots: Roots,
  signal: AbortSignal,
): Promise<Engine> {
  const shells = await Promise.all(remote.hosts.map((host) => otherHost(host, identity, roots)));
  return k6HostsEngine({
    shells,
    program: remote.program ?? uploadK6(tellSending, signal),
    gatewayAddress: remote.gatewayAddress,
  });
}

function tellSending({ host, version, path, bytes }: Sending): void {
  writeStatus(`sending k6 ${version} to ${host}:${path} (${Math.ceil(bytes / 1e6)} MB)`);
}

function parseHosts(text: string): string[] {
  const hosts = parseList(text);
  if (hosts.length === 0) throw new InvalidArgumentError('give at least one host, as user@address');
  for (const host of hosts) parseHost(host);
  if (new Set(hosts).size < hosts.length) throw new InvalidArgumentError('a host is named twice');
  return hosts;
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
}
