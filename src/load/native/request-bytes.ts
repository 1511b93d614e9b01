import { ExpectedError } from '../../lib/errors.js';
import type { LoadSpec } from '../engine.js';

/** Where a request goes, and all its bytes. */
export interface PreparedRequest {
  host: string;
  port: number;
  /** Over TLS. */
  secure: boolean;
  /** Of the next request: with many keys, those of one after the other. */
  readonly bytes: Buffer;
}

type RequestParts = Pick<LoadSpec, 'origin' | 'path' | 'headers' | 'body'>;
type Sent = RequestParts & Pick<LoadSpec, 'keys'>;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[!-~]+$/;
/** Set here alone: a wrong one would break the framing. */
const OURS = new Set(['content-length', 'transfer-encoding', 'connection']);

/**
 * The request that every VU sends, built once; with many keys, once for each.
 * @throws {ExpectedError} where it can't be sent as HTTP/1.1
 */
export function preparedRequest({ keys = [], ...spec }: Sent): PreparedRequest {
  if (keys.length === 0) return oneRequest(spec);
  const headers = Object.entries(spec.headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  const all = keys.map((key) =>
    oneRequest({ ...spec, headers: { ...Object.fromEntries(headers), Authorization: `Bearer ${key}` } }),
  );
  const [first = oneRequest(spec)] = all;
  let next = 0;
  return {
    ...first,
    get bytes() {
      const { bytes } = all[next] ?? first;
      next = (next + 1) % all.length;
      return bytes;
    },
  };
}

function oneRequest(spec: RequestParts): PreparedRequest {
  const url = new URL(spec.origin);
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') throw refused(spec.origin, 'it speaks HTTP and HTTPS');
  if (!spec.path.startsWith('/') || !TARGET.test(spec.path)) throw refused(spec.path, 'it is no path of a URL');
  const body = Buffer.from(spec.body);
  const lines = [`POST ${spec.path} HTTP/1.1`];
  const given = new Set<string>();
  for (const [name, value] of Object.entries(spec.headers)) {
    if (!NAME.test(name) || !VALUE.test(value)) throw refused(`${name}: ${value}`, 'it is no header');
    given.add(name.toLowerCase());
    if (!OURS.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  if (!given.has('host')) lines.splice(1, 0, `Host: ${url.host}`);
  lines.push(`Content-Length: ${body.length}`, '', '');
  return {
    // IPv6 addresses stand in brackets in a URL, and without them in a socket's options.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    bytes: Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]),
  };
}

function refused(what: string, why: string): ExpectedError {
  return new ExpectedError(`the native engine can't send to or with ${JSON.stringify(what)}: ${why}`);
}
