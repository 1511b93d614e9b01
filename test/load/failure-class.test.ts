import { describe, expect, it } from 'vitest';
import { classOfErrorCode, classOfStatus, failureExample } from '../../src/load/failure-class.js';

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
