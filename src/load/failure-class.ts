import { parseRetryAfter } from '../lib/retry-after.js';
import type { FailureClass } from '../model/load.js';

/** A failed request. */
export interface Failure {
  class: FailureClass;
  /** Absent where no complete response came. */
  status?: number;
  /** Tells it from others of its class: an error's message, or what is wrong with a 200, and the first bytes of the response. */
  detail: string;
  /** What is wrong with the body of a 200: kept apart from others in the examples. */
  problem?: string;
  /** Of its `Retry-After` in seconds; null where that can't be read, absent where there is none. */
  retryAfterS?: number | null;
}

/** @param value of a `Retry-After`; null where there is none */
export function withRetryAfter(failure: Failure, value: string | null, nowMs: number): Failure {
  return value === null ? failure : { ...failure, retryAfterS: parseRetryAfter(value, nowMs) };
}

/** This machine ran out of a resource: never the gateway's fault. */
const LOCAL = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EACCES', 'EPERM']);
/** No connection could be made at all. */
const REFUSED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * A handshake that failed: Node's own codes, those of OpenSSL's library, and the names of what is wrong with a certificate
 * (https://docs.openssl.org/3.0/man1/openssl-verification-options/).
 */
const TLS =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_MISMATCH$|PATH_LENGTH_)/;

/** Class of a socket error, by its `code`. Unknown codes broke an established connection: `reset`. */
export function classOfErrorCode(code: string | undefined): FailureClass {
  if (code === undefined) return 'reset';
  if (LOCAL.has(code)) return 'local';
  if (REFUSED.has(code)) return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  if (TLS.test(code)) return 'tls';
  return 'reset';
}

/** Class of a status; null for 200, where the body decides. Other 2xx (and 1xx) are no completions. */
export function classOfStatus(status: number): FailureClass | null {
  if (status === 200) return null;
  if (status >= 300 && status < 400) return 'http_3xx';
  if (status >= 400 && status < 500) return 'http_4xx';
  if (status >= 500) return 'http_5xx';
  return 'bad_body';
}

/** The failure of a 200 whose body is not the expected answer. @param excerpt its beginning */
export function badBody(problem: string, excerpt: string): Failure {
  return { class: 'bad_body', status: 200, problem, detail: `${problem}: ${excerpt}` };
}

/** The failure of a response with unrequested bytes behind it, which must not pass for the next response. */
export function surplusAfter(status: number): Failure {
  return { class: classOfStatus(status) ?? 'bad_body', status, detail: 'bytes follow the response' };
}

const DETAIL_LENGTH = 200;

/** `http_5xx 503: {"error":...`, one line. */
export function failureExample(failure: Failure): string {
  const detail = failure.detail
    .slice(0, DETAIL_LENGTH * 2)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, DETAIL_LENGTH);
  const what = failure.status === undefined ? failure.class : `${failure.class} ${failure.status}`;
  return `${what}: ${detail === '' ? '(empty)' : detail}`;
}
