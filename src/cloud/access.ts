import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { outboundFetch } from '../lib/outbound-fetch.js';
import { shellProgram } from '../remote/remote-program.js';
import { OWN_KEY, type SshHost } from '../remote/ssh-host.js';

const ECHO_SERVICE = 'https://checkip.amazonaws.com';

/** This machine's address as the internet sees it, as a CIDR block of one. */
export async function callerCidr(signal: AbortSignal): Promise<string> {
  let text: string;
  try {
    const response = await outboundFetch(ECHO_SERVICE, { signal, timeoutMs: 10_000 });
    text = (await response.text()).trim();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw noAddress(messageOf(error));
  }
  return cidrOf(text);
}

/** @param address as an echo service sends it */
export function cidrOf(address: string): string {
  switch (isIP(address)) {
    case 4:
      return `${address}/32`;
    case 6:
      return `${address}/128`;
    default:
      throw noAddress(`it answered "${address.slice(0, 60)}"`);
  }
}

/** Larger blocks are whole providers' networks, and "/0" is everybody. */
const MIN_PREFIX = { 4: 16, 6: 32 } as const;

/** Why a text is no block of addresses that ssh may be opened to; null where it is one. */
export function cidrProblem(text: string): string | null {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || prefix === undefined || more.length > 0 || address.includes('%')) {
    return 'it is not a block of addresses';
  }
  if (!/^(0|[1-9]\d*)$/.test(prefix) || Number(prefix) > (version === 4 ? 32 : 128)) {
    return `/${prefix} is not a length of a prefix`;
  }
  if (Number(prefix) < MIN_PREFIX[version]) {
    return `it opens ssh to too many addresses: /${MIN_PREFIX[version]} is the largest block`;
  }
  return null;
}

function noAddress(why: string): ExpectedError {
  return new ExpectedError(
    `${ECHO_SERVICE} does not tell this machine's public address: ${why}`,
    'say which addresses may use ssh: --allow-from 203.0.113.7/32',
  );
}

/**
 * A key for one environment, made here. Only its public half leaves this machine: Terraform's state never has the other.
 * @param folder `.cloud/<name>`
 * @returns the public half, one line
 */
export async function ownPublicKey(folder: string, environment: string): Promise<string> {
  if (!existsSync(join(folder, OWN_KEY))) {
    const args = ['-q', '-t', 'ed25519', '-N', '', '-C', `gatebench-${environment}`, '-f', OWN_KEY];
    const made = await execa('ssh-keygen', args, { cwd: folder, reject: false, stdin: 'ignore' });
    if (made.failed) {
      throw new ExpectedError(
        `no ssh key could be made: ${made.stderr || made.shortMessage}`,
        "install OpenSSH's client",
      );
    }
  }
  return (await readFile(join(folder, `${OWN_KEY}.pub`), 'utf8')).trim();
}

/**
 * The key by which a run on one machine reaches the others. It is made there and never leaves it; the others accept it,
 * for commands alone (`restrict`), until the environment is taken down.
 * @param path of the private key there
 * @returns the public one, `ssh-ed25519 AAAA… comment`
 */
export async function makeBenchKey(host: SshHost, path: string, comment: string, signal: AbortSignal): Promise<string> {
  const words = shellProgram('bench-key.sh', 'make', path, comment);
  return (await host.mustRun('make a key for the other machines', words, { signal })).trim();
}

/** Accept a key, for the user who logs in there. */
export async function admitKey(host: SshHost, publicKey: string, signal: AbortSignal): Promise<void> {
  const words = shellProgram('bench-key.sh', 'admit', publicKey);
  await host.mustRun('authorize the gateway’s machine', words, { signal, asLogin: true });
}

/** No longer accept a key. */
export async function dismissKey(host: SshHost, publicKey: string): Promise<void> {
  const words = shellProgram('bench-key.sh', 'dismiss', publicKey);
  await host.mustRun('remove the key of the gateway’s machine', words, { asLogin: true });
}
