import { describe, expect, it } from 'vitest';
import {
  classOfErrorCode,
  classOfStatus,
  type Failure,
  failureExample,
  withRetryAfter,
} from '../../src/load/failure-class.js';

describe('withRetryAfter', () => {
  const failure: Failure = { class: 'http_5xx', status: 503, detail: 'overloaded' };
  const nowMs = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');

  it.each([
    ['120', 120],
    ['0', 0],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30],
    ['Wed, 21 Oct 2025 07:28:30 GMT', 0],
    ['soon', null],
    ['', null],
  ])('reads %j as %s s', (value, retryAfterS) => {
    expect(withRetryAfter(failure, value, nowMs)).toEqual({ ...failure, retryAfterS });
  });

  it('leaves a failure without one as it is', () => {
    expect(withRetryAfter(failure, null, nowMs)).toEqual(failure);
  });
});

describe('classOfErrorCode', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENOTFOUND', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['ETIMEDOUT', 'timeout'],
    ['EADDRNOTAVAIL', 'local'],
    ['EMFILE', 'local'],
    ['ENFILE', 'local'],
    ['ENOBUFS', 'local'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['ESOMETHINGNEW', 'reset'],
    [undefined, 'reset'],
  ])('%s is %s', (code, expected) => {
    expect(classOfErrorCode(code)).toBe(expected);
  });
});

describe('classOfStatus', () => {
  it.each([
    [200, null],
    [201, 'bad_body'],
    [204, 'bad_body'],
    [103, 'bad_body'],
    [304, 'http_3xx'],
    [400, 'http_4xx'],
    [429, 'http_4xx'],
    [500, 'http_5xx'],
    [599, 'http_5xx'],
    [999, 'http_5xx'],
  ])('%i is %s', (status, expected) => {
    expect(classOfStatus(status)).toBe(expected);
  });
});

describe('failureExample', () => {
  it('is one line of at most 200 characters of the response', () => {
    const example = failureExample({ class: 'http_5xx', status: 503, detail: `{\n  "error": "${'x'.repeat(5000)}"}` });
    expect(example).toMatch(/^http_5xx 503: \{ "error": "x+$/);
    expect(example.length).toBe('http_5xx 503: '.length + 200);
  });

  it('has no status where no response came, and says so where it was empty', () => {
    expect(failureExample({ class: 'reset', detail: 'read ECONNRESET' })).toBe('reset: read ECONNRESET');
    expect(failureExample({ class: 'bad_body', status: 204, detail: '' })).toBe('bad_body 204: (empty)');
  });
});
