import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { parseHost } from '../../lib/parse-host.js';
import type { Roots } from '../../lib/roots.js';
import { hostAlias, SshHost } from '../../remote/ssh-host.js';

/** Environments have names that begin with a letter: this one is none of them. */
const FOLDER = '.hosts';
const ENVIRONMENT = 'host';

export const identityOption = () =>
  new Option('--identity <file>', 'private key for --k6-hosts and --upstream-host (default: what ssh uses)');

/** Which hosts a run uses besides this machine. */
export interface OtherHosts {
  k6Hosts?: string[];
  upstreamHost?: string;
}

/** @throws UsageError for a key that opens nothing */
export function requireIdentityUse({ identity, k6Hosts, upstreamHost }: OtherHosts & { identity?: string }): void {
  if (identity === undefined || k6Hosts !== undefined || upstreamHost !== undefined) return;
  throw new UsageError('--identity is for --k6-hosts and --upstream-host', 'name a host too, or leave it out');
}

/** Where host keys are kept that a run has seen; {@link SshHost} reads `known_hosts` there. */
export function hostsFolder(cloudRoot: string): string {
  return join(cloudRoot, FOLDER);
}

/** A line of `known_hosts` by which {@link otherHost} expects this key and no other. */
export function knownHostLine(text: string, hostKey: string): string {
  return `${hostAlias(ENVIRONMENT, roleOf(text))} ${hostKey}\n`;
}

function roleOf(text: string): string {
  const { address, port } = parseHost(text);
  return `${address.replaceAll(':', '.')}-${port}`;
}

/**
 * A host that a run uses besides this machine.
 * @param text `me@192.0.2.7:2222`
 * @param identity a private key; undefined where ssh knows its own
 */
export async function otherHost(text: string, identity: string | undefined, roots: Roots): Promise<SshHost> {
  const folder = hostsFolder(roots.cloud);
  // The host keys that were seen first stay here.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { user, address, port } = parseHost(text);
  const host = { address, sshUser: user, sshPort: port, internalAddress: address, hostKey: null };
  return new SshHost(roleOf(text), host, {
    folder,
    environment: ENVIRONMENT,
    identityFile: identity === undefined ? null : resolve(identity),
    ownKey: false,
    asRoot: false,
  });
}
