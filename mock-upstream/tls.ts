import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Options } from './options.js';

/** A certificate or a key can't be used. The message says which, and why. */
export class TlsFailure extends Error {
  override readonly name = 'TlsFailure';
}

/** Clients choose HTTP/2 where they can, and it isn't spoken here. */
const ALPN_PROTOCOLS = ['http/1.1'];

/**
 * What connections are secured with; null where the mock speaks plain HTTP.
 * @throws TlsFailure for a file that can't be read or used, and for a key that isn't the certificate's
 */
export function readTls({ tlsCert, tlsKey }: Pick<Options, 'tlsCert' | 'tlsKey'>): SecureContext | null {
  if (tlsCert === null || tlsKey === null) return null;
  const cert = attempt('cert', tlsCert, () => readFileSync(tlsCert));
  const key = attempt('key', tlsKey, () => readFileSync(tlsKey));
  // One after the other, so that the error names the one that is wrong.
  attempt('cert', tlsCert, () => createSecureContext({ cert }));
  attempt('key', tlsKey, () => createSecureContext({ key }));
  return attempt('key', tlsKey, () => createSecureContext({ cert, key }));
}

/** Speak TLS on an accepted connection. It breaks where the client doesn't. */
export function secured(accepted: Socket, secureContext: SecureContext): TLSSocket {
  return new TLSSocket(accepted, { isServer: true, secureContext, ALPNProtocols: ALPN_PROTOCOLS });
}

function attempt<T>(flag: 'cert' | 'key', file: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TlsFailure(`-tls-${flag} can't be "${file}": ${reason}`, { cause: error });
  }
}
