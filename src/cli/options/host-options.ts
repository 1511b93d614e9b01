import { networkInterfaces } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { parseHost } from '../../lib/parse-host.js';
import type { RemoteLoad } from '../../model/run.js';
import { listParser } from './cell-options.js';

/** What {@link hostOptions} parse to: the other hosts that a run uses. */
export interface HostOptions {
  k6Hosts?: string[];
  k6Path?: string;
  k6Send?: boolean;
  gatewayAddress?: string;
  upstreamHost?: string;
  identity?: string;
}

const DEFAULT_K6 = 'k6';

export function hostOptions(): Option[] {
  return [
    new Option('--k6-hosts <list>', 'hosts that share the VUs, with --engine k6: user@host[:port],...').argParser(
      listParser(parseHosts, 'user@192.0.2.11,user@192.0.2.12'),
    ),
    new Option('--k6-path <program>', `k6 on these hosts (default: "${DEFAULT_K6}")`),
    new Option('--k6-send', "copy this machine's k6 to these hosts"),
    new Option('--gateway-address <address>', "this machine's address as these hosts reach it"),
    new Option(
      '--upstream-host <user@host[:port]>',
      'host that runs the mock upstream (default: this machine)',
    ).argParser(parseUpstreamHost),
    new Option('--identity <file>', 'private key for --k6-hosts and --upstream-host (default: the one ssh uses)'),
  ];
}

/** @throws UsageError for options that don't fit together */
export function parseHostOptions(options: HostOptions & { engine: string }): {
  remoteLoad: RemoteLoad | null;
  upstreamHost: string | null;
} {
  const { identity, k6Hosts, upstreamHost = null } = options;
  if (identity !== undefined && k6Hosts === undefined && upstreamHost === null) {
    throw new UsageError('--identity is for --k6-hosts and --upstream-host', 'name a host too, or leave it out');
  }
  return { remoteLoad: parseRemoteLoad(options), upstreamHost };
}

/** Null for a load from this machine. */
function parseRemoteLoad(options: HostOptions & { engine: string }): RemoteLoad | null {
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
  return { hosts: k6Hosts, gatewayAddress, program: k6Send ? null : (k6Path ?? DEFAULT_K6) };
}

function parseHosts(hosts: string[]): string[] {
  for (const host of hosts) parseHost(host);
  if (new Set(hosts).size < hosts.length) throw new InvalidArgumentError('a host is named twice');
  return hosts;
}

/** It stays text, as the run records it. */
function parseUpstreamHost(text: string): string {
  const { address } = parseHost(text);
  if (/^(localhost|127\..*|::1)$/.test(address)) {
    throw new InvalidArgumentError('that is this machine, where the mock runs by default: leave it out');
  }
  return text;
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
}
