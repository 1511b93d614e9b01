import type { Pool, Response } from 'undici';
import { ExpectedError, messageOf } from './errors.js';

/**
 * Fetch from the internet, through the proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, as npm, pip and apt do;
 * Node's own fetch ignores them. Health checks and load never come here.
 * @returns a 2xx response
 * @throws ExpectedError for any other response, or none; the signal's reason where it aborted
 */
export async function outboundFetch(
  url: string,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<Response> {
  // Half of gatebench's commands download nothing, and undici takes a while to load.
  const { fetch } = await import('undici');
  const { agent, usedProxy } = await proxyAgent();
  let response: Response;
  try {
    response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      dispatcher: agent,
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ExpectedError(`can't fetch ${url}${through(usedProxy())}: ${causeOf(error)}`, hintFor(usedProxy()));
  }
  if (response.ok) return response;
  throw new ExpectedError(`${url} responded ${response.status}${through(usedProxy())}`, hintFor(usedProxy()));
}

/** An agent that reads the proxy variables, and tells which proxy it has connected to, if any. */
async function proxyAgent() {
  const undici = await import('undici');
  const proxies = new Set<string>();
  let used: string | null = null;
  try {
    const agent = new undici.EnvHttpProxyAgent({
      // http:// addresses are forwarded, as by curl: many proxies allow tunnels to port 443 alone.
      proxyTunnel: false,
      // Makes the connections for tunnels.
      clientFactory(proxy: URL, options: Pool.Options) {
        proxies.add(proxy.href);
        const { connect } = options;
        if (typeof connect !== 'function') return new undici.Pool(proxy.origin, options);
        return new undici.Pool(proxy.origin, {
          ...options,
          connect(target, callback) {
            used = proxy.origin;
            connect(target, callback);
          },
        });
      },
      // Makes those to servers and, for forwarding, to the proxy, which is named by its full address.
      factory(origin: string | URL, options: Pool.Options) {
        if (proxies.has(String(origin))) used = new URL(origin).origin;
        return new undici.Pool(new URL(origin).origin, options);
      },
    });
    return { agent, usedProxy: () => used };
  } catch (error) {
    throw new ExpectedError(
      `the proxy settings can't be used: ${messageOf(error)}`,
      'correct HTTPS_PROXY and HTTP_PROXY: each is an address such as http://proxy.example:3128',
    );
  }
}

function through(proxy: string | null): string {
  return proxy === null ? '' : ` through the proxy ${proxy}`;
}

function hintFor(proxy: string | null): string {
  return proxy === null
    ? 'check that this machine can reach the address; behind a proxy, set HTTPS_PROXY'
    : 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and whether the proxy allows the address';
}

/** fetch says only "fetch failed": the reason is in its cause, or in the causes' own. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : causeOf(cause);
}
