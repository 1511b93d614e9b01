import { isIP } from 'node:net';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { outboundFetch } from '../lib/outbound-fetch.js';

const ECHO = 'https://checkip.amazonaws.com';

/** This machine's address as the internet sees it, as a CIDR block of one. @throws ExpectedError where nobody tells */
export async function callerCidr(signal: AbortSignal): Promise<string> {
  let text: string;
  try {
    const response = await outboundFetch(ECHO, { signal, timeoutMs: 10_000 });
    text = (await response.text()).trim();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw noAddress(messageOf(error));
  }
  return cidrOf(text);
}

/** @param address as an echo service tells it */
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

function noAddress(why: string): ExpectedError {
  return new ExpectedError(
    `${ECHO} does not tell this machine's public address: ${why}`,
    'say which addresses may use ssh: --allow-from 203.0.113.7/32',
  );
}
