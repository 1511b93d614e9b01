import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeadMemo } from '../../mock-upstream/request-head.js';
import { HEAD_LIMIT_BYTES } from '../../mock-upstream/request-parser.js';
import { parsePieces, parseText } from './parsed-requests.js';
import { type Sample, sample } from './request-samples.js';

const seen = ({ method, path, keepAlive, body }: Sample) => ({
  method,
  path,
  keepAlive,
  http10: false,
  expectsContinue: false,
  body,
});

describe('requests', () => {
  test('any of them, one after the other, cut anywhere, are read as they were written', () => {
    const cuts = fc.array(fc.nat(5000), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 4 }), cuts, (samples, places) => {
        expect(parseText(samples.map(({ text }) => text).join(''), places)).toEqual(samples.map(seen));
      }),
      { numRuns: 2000 },
    );
  });

  test('byte by byte', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 2 }), (samples) => {
        const bytes = Buffer.from(samples.map(({ text }) => text).join(''), 'latin1');
        expect(parsePieces(Array.from(bytes, (octet) => Uint8Array.of(octet)))).toEqual(samples.map(seen));
      }),
      { numRuns: 200 },
    );
  });

  test('what is remembered of other connections changes nothing', () => {
    const memo = new HeadMemo();
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(3000)), (samples, places) => {
        const twice = [...samples, ...samples];
        const text = twice.map((one) => one.text).join('');
        expect(parseText(text, places, memo)).toEqual(twice.map(seen));
      }),
      { numRuns: 300 },
    );
  });

  test('bytes of any kind never make it throw, and cuts never change what it says', () => {
    const noise = fc.string({
      unit: fc.constantFrom(
        'GET / HTTP/1.1\r\nHost: a\r\n',
        'Content-Length: 3\r\n',
        'Transfer-Encoding: chunked\r\n',
        '\r\n',
        '3',
        'a:',
        ' ',
        '\n',
        '\u0000',
      ),
      maxLength: 12,
    });
    fc.assert(
      fc.property(noise, fc.array(fc.nat(400)), (text, places) => {
        expect(parseText(text, places)).toEqual(parseText(text));
      }),
      { numRuns: 3000 },
    );
  });
});

const HEAD = 'POST /x HTTP/1.1\r\nHost: a\r\n';

describe.each([
  ['in one piece', () => []],
  ['byte by byte', (length: number) => Array.from({ length }, (_, i) => i)],
] as const)('what is refused, %s', (_name, cuts) => {
  test.each([
    // Two lengths: two servers would see two requests.
    ['both lengths', `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['both lengths, the other way round', `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n`, 400],
    ['two lengths', `${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`, 400],
    ['the same length twice', `${HEAD}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`, 400],
    ['a list of lengths', `${HEAD}Content-Length: 3, 3\r\n\r\n`, 400],
    ['a length with a sign', `${HEAD}Content-Length: +3\r\n\r\n`, 400],
    ['a negative length', `${HEAD}Content-Length: -3\r\n\r\n`, 400],
    ['a hexadecimal length', `${HEAD}Content-Length: 0x3\r\n\r\n`, 400],
    ['an empty length', `${HEAD}Content-Length: \r\n\r\n`, 400],
    ['a length beyond numbers', `${HEAD}Content-Length: 99999999999999999999\r\n\r\n`, 400],
    ['two codings', `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ['a coding that is not known', `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n`, 501],
    ['a coding that hides', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n`, 501],
    ['a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['a space before the colon', `${HEAD}Content-Length : 3\r\n\r\n`, 400],
    ['a name with a control character', `${HEAD}Transfer-Encoding\u000b: chunked\r\n\r\n`, 400],
    ['a folded header', `${HEAD}X: a\r\n b\r\n\r\n`, 400],
    ['a folded header, by a tab', `${HEAD}X: a\r\n\tb\r\n\r\n`, 400],
    ['a folded first header', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 400],
    ['a header without a colon', `${HEAD}Header\r\n\r\n`, 400],
    ['a header without a name', `${HEAD}: a\r\n\r\n`, 400],
    ['NUL in a value', `${HEAD}X: a\u0000b\r\n\r\n`, 400],
    ['CR in a value', `${HEAD}X: a\rb\r\n\r\n`, 400],
    ['LF alone', 'GET / HTTP/1.1\nHost: a\n\n', 400],
    ['LF alone at the end', `${HEAD}\n`, 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', `${HEAD}Host: b\r\n\r\n`, 400],
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['no version', 'GET /\r\n\r\n', 400],
    ['two spaces', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a version in lower case', 'GET / http/1.1\r\nHost: a\r\n\r\n', 400],
    ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', 505],
    ['an expectation', `${HEAD}Expect: the unexpected\r\nContent-Length: 3\r\n\r\n`, 417],
    ['TLS', '\u0016\u0003\u0001\u0000\r\n\r\n', 400],
  ])('%s', (_what, text, status) => {
    expect(parseText(text, cuts(text.length))).toEqual([{ status, message: expect.any(String) }]);
  });

  const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
  test.each([
    ['no size', '\r\n'],
    ['a size that is no number', 'g\r\n'],
    ['a size with 0x', '0x3\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size beyond numbers', `${'f'.repeat(17)}\r\n`],
    ['a space after the size', '3 \r\nabc\r\n'],
    ['a size that ends with LF', '3\nabc\r\n'],
    ['an extension with LF', '3;a\nabc\r\n'],
    ['an endless extension', `3;${'a'.repeat(5000)}`],
    ['a chunk longer than its size', '3\r\nabcd\r\n'],
    ['a chunk that ends with LF', '3\r\nabc\n'],
    ['a folded trailer', '0\r\nX: a\r\n b\r\n\r\n'],
    ['a trailer without a name', '0\r\n: a\r\n\r\n'],
    ['a trailer without a colon', '0\r\nTrailer\r\n\r\n'],
    ['a trailer with NUL', '0\r\nX: \u0000\r\n\r\n'],
    ['an end with LF', '0\r\n\n'],
  ])('in a chunked body: %s', (_what, body) => {
    const text = CHUNKED + body;
    expect(parseText(text, cuts(text.length)).slice(1)).toEqual([{ status: 400, message: expect.any(String) }]);
  });

  test.each([
    ['endless headers', `${HEAD}X: ${'a'.repeat(HEAD_LIMIT_BYTES)}`, 0],
    ['an endless method', 'A'.repeat(HEAD_LIMIT_BYTES + 2), 0],
    ['endless trailers', `${CHUNKED}0\r\n${'X: a\r\n'.repeat(4000)}`, 1],
  ])('431 for %s', (_what, text, heads) => {
    expect(parseText(text, cuts(text.length)).slice(heads)).toEqual([{ status: 431, message: expect.any(String) }]);
  });

  test('nothing is read behind it', () => {
    const text = `${HEAD}Content-Length: x\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect(parseText(text, cuts(text.length))).toHaveLength(1);
  });
});

describe('the connection', () => {
  test.each([
    ['1.1', '', true],
    ['1.1', 'Connection: close\r\n', false],
    ['1.1', 'Connection: TE, Close\r\n', false],
    ['1.1', 'Connection: keep-alive\r\nConnection: close\r\n', false],
    ['1.0', '', false],
    ['1.0', 'Connection: Keep-Alive\r\n', true],
    ['1.0', 'Connection: keep-alive, close\r\n', false],
  ])('HTTP/%s, %j: stays %s', (version, fields, keepAlive) => {
    expect(parseText(`GET / HTTP/${version}\r\nHost: a\r\n${fields}\r\n`)).toMatchObject([{ keepAlive, body: '' }]);
  });

  test.each([
    ['1.1', true],
    ['1.0', false],
  ])('HTTP/%s: 100-continue is heard: %s', (version, expectsContinue) => {
    const text = `POST / HTTP/${version}\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n`;
    expect(parseText(text)).toMatchObject([{ expectsContinue }]);
  });
});

describe('a body that is too large', () => {
  const next = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';
  test.each([
    ['by its length', `${HEAD}Content-Length: 101\r\n\r\n${'a'.repeat(101)}`],
    [
      'in chunks',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n${'33\r\n'.concat('a'.repeat(51), '\r\n').repeat(2)}0\r\n\r\n`,
    ],
  ])('%s: is read to its end, and the next request is read', (_how, text) => {
    for (const size of [1, 7, 1000]) {
      const bytes = Buffer.from(text + next, 'latin1');
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(parsePieces(pieces, { bodyLimitBytes: 100 })).toMatchObject([
        { path: '/x', tooLarge: true },
        { path: '/next', body: '' },
      ]);
    }
  });

  test('one of just that size is kept', () => {
    const text = `${HEAD}Content-Length: 100\r\n\r\n${'a'.repeat(100)}`;
    expect(parsePieces([Buffer.from(text)], { bodyLimitBytes: 100 })).toMatchObject([{ body: 'a'.repeat(100) }]);
  });
});
