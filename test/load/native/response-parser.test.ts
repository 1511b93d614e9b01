import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HEAD_BYTES, ResponseParser } from '../../../src/load/native/response-parser.js';
import { type Reading, readWithNode } from './node-parser.js';
import { cuts, pieces, randomResponse } from './random-responses.js';

/** Read one response with a parser that may have read others before. */
function read(parser: ResponseParser, parts: Buffer[], ended: boolean): Reading & { surplus?: number } {
  for (const part of parts) {
    const progress = parser.push(part, 0, part.length);
    if (progress === 'refused') return { kind: 'refused' };
    if (progress === 'complete') return completeOf(parser, part.length - parser.at);
    // The engine reads into one buffer again and again: nothing may be left in it.
    part.fill(0x58);
  }
  if (ended && parser.end() === 'complete') return completeOf(parser, 0);
  return { kind: 'more' };
}

function completeOf(parser: ResponseParser, surplus: number) {
  const { status, body, bodyFrom, bodyTo, keepAlive } = parser;
  return { kind: 'complete' as const, status, body: body.toString('hex', bodyFrom, bodyTo), keepAlive, surplus };
}

const readText = (text: string, ended = false) => read(new ResponseParser(), [Buffer.from(text, 'latin1')], ended);
const byteByByte = (wire: Buffer) => Array.from(wire, (byte) => Buffer.from([byte]));

describe('ResponseParser on valid responses', () => {
  it('reads what was written, and what Node reads, wherever it is cut', () => {
    const parser = new ResponseParser();
    fc.assert(
      fc.property(randomResponse, cuts, (response, shares) => {
        parser.reset();
        const ours = read(parser, pieces(response.wire, shares), response.untilClose);
        const body = response.body.toString('hex');
        expect(ours).toEqual({
          kind: 'complete',
          status: response.status,
          body,
          keepAlive: response.keepAlive,
          surplus: 0,
        });
        const { surplus: _, ...reading } = { surplus: 0, ...ours };
        const nodes = readWithNode(pieces(response.wire, shares), response.untilClose);
        expect(reading).toEqual(response.oldChunks ? { ...nodes, keepAlive: false } : nodes);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads responses one after another on one connection, byte by byte', () => {
    fc.assert(
      fc.property(fc.array(randomResponse, { minLength: 1, maxLength: 4 }), (responses) => {
        const parser = new ResponseParser();
        for (const { wire, status, untilClose, body } of responses) {
          const reading = read(parser, byteByByte(wire), untilClose);
          expect(reading).toMatchObject({ kind: 'complete', status, body: body.toString('hex') });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells heads apart that are much alike, and those that come again and again', () => {
    const parser = new ResponseParser();
    const head = (status: number, length: number, more = '') =>
      `HTTP/1.1 ${status} OK\r\nContent-Length: ${length}\r\n${more}\r\n`;
    const responses = [head(200, 2), head(201, 2), head(200, 3), head(200, 2, 'Connection: close\r\n'), head(204, 0)];
    const turns = fc.array(fc.tuple(fc.nat(responses.length - 1), fc.integer({ min: 1, max: 40 })), { maxLength: 20 });
    fc.assert(
      fc.property(turns, cuts, (rounds, shares) => {
        for (const [index, times] of rounds) {
          const wire = Buffer.from(`${responses[index]}{}x`);
          const expected = readWithNode(pieces(wire, []), false);
          for (let time = 0; time < times; time += 1) {
            parser.reset();
            expect(read(parser, pieces(wire, time % 5 === 0 ? shares : []), false)).toMatchObject(expected);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('says how many bytes follow, wherever they begin', () => {
    const framed = randomResponse.filter(({ untilClose }) => !untilClose);
    fc.assert(
      fc.property(framed, fc.uint8Array({ minLength: 1, maxLength: 30 }), cuts, ({ wire, status }, stray, shares) => {
        const parts = pieces(wire, shares);
        const last = parts.pop() ?? Buffer.alloc(0);
        // An empty last piece never comes from a socket.
        if (last.length === 0) return;
        const reading = read(new ResponseParser(), [...parts, Buffer.concat([last, stray])], false);
        expect(reading).toMatchObject({ kind: 'complete', status, surplus: stray.length });
      }),
      { numRuns: 1000 },
    );
  });

  it('waits for every byte: no response is whole before its last one', () => {
    fc.assert(
      fc.property(
        randomResponse.filter(({ untilClose }) => !untilClose),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        ({ wire }, share) => {
          const part = Buffer.from(wire.subarray(0, Math.floor(share * wire.length)));
          expect(read(new ResponseParser(), [part], true).kind).toBe('more');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads a body that came in one piece where it is', () => {
    const wire = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    const parser = new ResponseParser();
    parser.push(wire, 0, wire.length);
    expect(parser.body).toBe(wire);
  });

  it.each([
    ['no reason and no blank', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', true],
    ['a list of connection options', 'HTTP/1.1 200 OK\r\nConnection: foo , CLOSE\r\nContent-Length: 0\r\n\r\n', false],
    [
      'two Connection headers',
      'HTTP/1.1 200 OK\r\nConnection: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      false,
    ],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n', false],
    [
      'chunks of HTTP/1.0, on a connection that must not be used again',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      false,
    ],
    ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\nA: b\r\n\r\n', true],
  ])('reads %s', (_what, text, keepAlive) => {
    expect(readText(text)).toMatchObject({ kind: 'complete', body: '', keepAlive, surplus: 0 });
  });
});

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** What Node refuses as well, and what is refused here alone. */
const MALFORMED: [what: string, wire: string, node: 'refuses' | 'takes it'][] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'refuses'],
  ['another version', 'HTTP/3.0 200 OK\r\n\r\n', 'refuses'],
  ['HTTP/2.0 in text', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n', 'takes it'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'refuses'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', 'refuses'],
  ['a status of letters', 'HTTP/1.1 abc OK\r\n\r\n', 'refuses'],
  ['no blank before the status', 'HTTP/1.1200 OK\r\n\r\n', 'refuses'],
  ['a folded header', `${OK}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`, 'refuses'],
  ['a folded first header', `${OK} A: b\r\nContent-Length: 0\r\n\r\n`, 'refuses'],
  ['a header without a colon', `${OK}Content-Length 5\r\n\r\nHello`, 'refuses'],
  ['a header without a name', `${OK}: b\r\nContent-Length: 0\r\n\r\n`, 'refuses'],
  ['a blank before the colon', `${OK}Content-Length : 5\r\n\r\nHello`, 'refuses'],
  ['a NUL in a header', `${OK}A: b\0c\r\nContent-Length: 0\r\n\r\n`, 'refuses'],
  ['a CR in a header', `${OK}A: b\rc\r\nContent-Length: 0\r\n\r\n`, 'refuses'],
  ['lines that end with LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'refuses'],
  ['a CR without LF at the end of the head', `${OK}Content-Length: 1\r\n\rx`, 'refuses'],
  ['a Content-Length of letters', `${OK}Content-Length: abc\r\n\r\n`, 'refuses'],
  ['an empty Content-Length', `${OK}Content-Length: \r\n\r\n`, 'refuses'],
  ['a negative Content-Length', `${OK}Content-Length: -5\r\n\r\nHello`, 'refuses'],
  ['a signed Content-Length', `${OK}Content-Length: +5\r\n\r\nHello`, 'refuses'],
  ['a Content-Length with a blank in it', `${OK}Content-Length: 1 2\r\n\r\nHello`, 'refuses'],
  ['a Content-Length beyond counting', `${OK}Content-Length: 99999999999999999999\r\n\r\n`, 'refuses'],
  ['a Content-Length beyond reason', `${OK}Content-Length: 999999999999\r\n\r\n`, 'takes it'],
  ['two Content-Lengths', `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nHello`, 'refuses'],
  ['the same Content-Length twice', `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nHello`, 'refuses'],
  ['both framings', `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 'refuses'],
  [
    'both framings, the other way round',
    `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    'refuses',
  ],
  ['a chunk size of letters', `${CHUNKED}xyz\r\n\r\n`, 'refuses'],
  ['a chunk without a size', `${CHUNKED}\r\n\r\n`, 'refuses'],
  ['a chunk size with a sign', `${CHUNKED}+5\r\nHello\r\n0\r\n\r\n`, 'refuses'],
  ['a chunk size with 0x', `${CHUNKED}0x5\r\nHello\r\n0\r\n\r\n`, 'refuses'],
  ['a chunk size beyond counting', `${CHUNKED}fffffffffffffffff\r\n`, 'refuses'],
  ['a chunk longer than its size', `${CHUNKED}4\r\nHello\r\n0\r\n\r\n`, 'refuses'],
  ['a chunk shorter than its size', `${CHUNKED}6\r\nHello\r\n0\r\n\r\n`, 'refuses'],
  ['a chunk that ends with LF', `${CHUNKED}5\r\nHello\n0\r\n\r\n`, 'refuses'],
  ['a chunk size that ends with LF', `${CHUNKED}5\nHello\r\n0\r\n\r\n`, 'refuses'],
  ['a chunk size with a stray CR', `${CHUNKED}5\rxHello\r\n0\r\n\r\n`, 'refuses'],
  ['a control character in an extension', `${CHUNKED}5;a=\x01\r\nHello\r\n0\r\n\r\n`, 'refuses'],
  ['a trailer without a colon', `${CHUNKED}0\r\nnonsense\r\n\r\n`, 'refuses'],
  ['a folded trailer', `${CHUNKED}0\r\n A: b\r\n\r\n`, 'refuses'],
  ['a last chunk with a stray CR', `${CHUNKED}0\r\n\rx`, 'refuses'],
];

describe('ResponseParser on malformed responses', () => {
  it.each(MALFORMED)('refuses %s', (_what, text, node) => {
    const wire = Buffer.from(text, 'latin1');
    const parser = new ResponseParser();
    expect(read(parser, [wire], false).kind).toBe('refused');
    expect(parser.problem).toMatch(/^[a-z]/);
    expect(read(new ResponseParser(), byteByByte(Buffer.from(text, 'latin1')), false).kind).toBe('refused');
    expect(readWithNode([Buffer.from(text, 'latin1')], false).kind === 'refused').toBe(node === 'refuses');
  });

  it('reads again after bytes that it refused, on another connection', () => {
    const parser = new ResponseParser();
    expect(read(parser, [Buffer.from('nonsense')], false).kind).toBe('refused');
    parser.reset();
    expect(read(parser, [Buffer.from(`${OK}Content-Length: 0\r\n\r\n`)], false).kind).toBe('complete');
  });

  it('refuses heads without end', () => {
    const parser = new ResponseParser();
    const line = Buffer.from(`${OK}A: ${'b'.repeat(4000)}\r\n`);
    let fed = 0;
    let progress = parser.push(line, 0, line.length);
    const more = Buffer.from(`C: ${'d'.repeat(4000)}\r\n`);
    for (; progress === 'more' && fed < 100; fed += 1) progress = parser.push(more, 0, more.length);
    expect(progress).toBe('refused');
    expect(fed * more.length).toBeLessThan(MAX_HEAD_BYTES + 2 * more.length);
  });

  /** A head of so many bytes, its empty line included, and a body of one. */
  const withHeadOf = (bytes: number) => {
    const [start, end] = [`${OK}Content-Length: 1\r\nA: `, '\r\n\r\n'];
    return Buffer.from(`${start}${'b'.repeat(bytes - start.length - end.length)}${end}x`);
  };

  it.each([
    ['takes', 'of the limit', MAX_HEAD_BYTES, 'complete'],
    ['refuses', 'of one byte more', MAX_HEAD_BYTES + 1, 'refused'],
    ['refuses', 'of 100,043 bytes', 100_043, 'refused'],
  ] as const)('%s a head %s wherever it is cut in two', (_verb, _what, headBytes, expected) => {
    const wire = withHeadOf(headBytes);
    const parser = new ResponseParser();
    const kinds = new Set<string>();
    const near = (at: number, cut: number) => Math.abs(cut - at) < 80;
    for (let cut = 0; cut <= wire.length; cut += 1) {
      // Where nothing begins or ends, every hundredth cut is enough.
      if (cut % 100 !== 0 && ![0, 4096, 65_536, headBytes, wire.length].some((at) => near(at, cut))) continue;
      parser.reset();
      kinds.add(read(parser, [wire.subarray(0, cut), wire.subarray(cut)].map(Buffer.from), false).kind);
    }
    expect([...kinds]).toEqual([expected]);
  });

  it('counts a head once, whatever the pieces it comes in', () => {
    const headBytes = fc.integer({ min: MAX_HEAD_BYTES - 3, max: MAX_HEAD_BYTES + 3 });
    fc.assert(
      fc.property(headBytes, cuts, (bytes, shares) => {
        const expected = bytes <= MAX_HEAD_BYTES ? 'complete' : 'refused';
        expect(read(new ResponseParser(), pieces(withHeadOf(bytes), shares), false).kind).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['chunk extensions', `${CHUNKED}5;`],
    ['trailers', `${CHUNKED}0\r\na: `],
    ['leading zeros', CHUNKED],
  ])('refuses %s without end', (_what, head) => {
    const parser = new ResponseParser();
    parser.push(Buffer.from(head), 0, head.length);
    const more = Buffer.from('0'.repeat(10_000));
    let progress = 'more';
    for (let fed = 0; progress === 'more' && fed < 100; fed += 1) progress = parser.push(more, 0, more.length);
    expect(progress).toBe('refused');
  });

  it('reads a mutilated response as Node does, or not at all', () => {
    const mutation = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      byte: fc.oneof(fc.constantFrom(...Buffer.from('\r\n :;,0159aAfF\0\t')), fc.nat(255)),
      how: fc.constantFrom('replace', 'insert', 'delete'),
    });
    fc.assert(
      fc.property(
        randomResponse,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        cuts,
        (response, mutations, shares) => {
          let wire = response.wire;
          for (const { at, byte, how } of mutations) {
            const index = Math.floor(at * wire.length);
            const middle = how === 'delete' ? [] : [byte];
            wire = Buffer.concat([
              wire.subarray(0, index),
              Buffer.from(middle),
              wire.subarray(how === 'insert' ? index : index + 1),
            ]);
          }
          const { surplus: _, ...ours } = { surplus: 0, ...read(new ResponseParser(), pieces(wire, shares), true) };
          if (ours.kind !== 'complete') return;
          const nodes = readWithNode(pieces(wire, shares), true);
          const oldChunks =
            /HTTP\/1\.0/.test(wire.toString('latin1')) && /transfer-encoding/i.test(wire.toString('latin1'));
          expect(oldChunks ? { ...ours, keepAlive: null } : ours).toEqual(
            oldChunks ? { ...nodes, keepAlive: null } : nodes,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
