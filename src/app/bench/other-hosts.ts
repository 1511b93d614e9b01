import { join, resolve } from 'node:path';
import { parseHost } from '../../lib/parse-host.js';
import type { Roots } from '../../lib/roots.js';
import { hostAlias, SshHost } from '../../remote/ssh-host.js';
import { requireFolder } from '../../store/make-folder.js';

/** Names of environments begin with a letter, so this can't be one. */
const FOLDER = '.hosts';
const ENVIRONMENT = 'host';

/** Where the host keys are kept that runs have seen; {@link SshHost} reads `known_hosts` there. */
export function hostsFolder(cloudRoot: string): string {
  return join(cloudRoot, FOLDER);
}

/** A line of `known_hosts` that makes {@link otherHost} expect this key and no other. */
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
 * @param identity a private key; undefined for what ssh uses
 */
export async function otherHost(text: string, identity: string | undefined, roots: Roots): Promise<SshHost> {
  const folder = hostsFolder(roots.cloud);
  // The host keys that were seen first stay here.
  await requireFolder(folder, 0o700);
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
