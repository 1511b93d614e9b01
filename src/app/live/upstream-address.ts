import { UsageError } from '../../lib/errors.js';

/** The endpoint that the user named. */
export interface UpstreamAddress {
  /** `https://api.example/v1`, without a slash at its end. */
  url: string;
  /** What is before the `/v1`: gateways put that, or the whole path, behind it themselves. */
  base: string;
  origin: string;
  /** Of chat completions. */
  path: string;
  port: number;
  /** Whether there is more than `/v1` in the path. */
  hasPrefix: boolean;
  isTls: boolean;
}

const VERSION = '/v1';

/** @throws UsageError for an address that no gateway could be given */
export function upstreamAddress(url: URL): UpstreamAddress {
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `--upstream ${url.origin}${url.pathname}: it can't have a user, a query or a fragment`,
      'the key comes from the environment: see --key-env',
    );
  }
  const path = url.pathname.replace(/\/+$/, '');
  if (!path.endsWith(VERSION)) {
    throw new UsageError(
      `--upstream ${url.origin}${path}: its path has to end with ${VERSION}, which gateways put there themselves`,
      `write it as ${url.origin}${VERSION}; an endpoint without ${VERSION} in its path can't be measured`,
    );
  }
  const prefix = path.slice(0, -VERSION.length);
  const isTls = url.protocol === 'https:';
  return {
    url: url.origin + path,
    base: url.origin + prefix,
    origin: url.origin,
    path: `${path}/chat/completions`,
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    hasPrefix: prefix !== '',
    isTls,
  };
}
