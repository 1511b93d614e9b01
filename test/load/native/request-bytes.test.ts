import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../../src/lib/errors.js';
import { preparedRequest } from '../../../src/load/native/request-bytes.js';

const spec = {
  origin: 'http://127.0.0.1:8787',
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
  body: '{"content":"größe"}',
};

describe('preparedRequest', () => {
  it('is the request, its length in bytes', () => {
    const { host, port, bytes } = preparedRequest(spec);
    expect({ host, port }).toEqual({ host: '127.0.0.1', port: 8787 });
    expect(bytes.toString('utf8')).toBe(
      'POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8787\r\ncontent-type: application/json\r\n' +
        'authorization: Bearer x\r\nContent-Length: 21\r\n\r\n{"content":"größe"}',
    );
  });

  it('has one key after the other, where there are many', () => {
    const prepared = preparedRequest({ ...spec, keys: ['sk-1', 'sk-2', 'sk-3'] });
    const sent = [1, 2, 3, 4].map(() => prepared.bytes.toString());
    expect(sent.map((text) => text.match(/authorization: .*/gi))).toEqual(
      ['sk-1', 'sk-2', 'sk-3', 'sk-1'].map((key) => [`Authorization: Bearer ${key}`]),
    );
  });

  it('keeps a host that was given, and no framing', () => {
    const headers = { HOST: 'example.org', 'Content-Length': '5', 'transfer-encoding': 'chunked', Connection: 'close' };
    expect(preparedRequest({ ...spec, headers, body: '{}' }).bytes.toString()).toBe(
      'POST /v1/chat/completions HTTP/1.1\r\nHOST: example.org\r\nContent-Length: 2\r\n\r\n{}',
    );
  });

  it('knows addresses of version 6, names and the default port', () => {
    expect(preparedRequest({ ...spec, origin: 'http://[::1]:9' })).toMatchObject({ host: '::1', port: 9 });
    expect(preparedRequest({ ...spec, origin: 'http://localhost' })).toMatchObject({ port: 80, secure: false });
    expect(preparedRequest({ ...spec, origin: 'https://localhost' })).toMatchObject({ port: 443, secure: true });
  });

  it.each([
    ['another protocol', { origin: 'ftp://127.0.0.1' }],
    ['a path that would end the line', { path: '/v1 HTTP/1.1\r\nX: y' }],
    ['no path', { path: 'v1' }],
    ['a header that would end the line', { headers: { a: 'b\r\nc: d' } }],
    ['a header that is no name', { headers: { 'a b': 'c' } }],
    ['a header beyond Latin-1', { headers: { a: '→' } }],
  ])('refuses %s', (_what, wrong) => {
    expect(() => preparedRequest({ ...spec, ...wrong })).toThrow(ExpectedError);
  });
});
