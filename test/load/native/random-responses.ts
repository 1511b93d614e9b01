import fc from 'fast-check';

/** A valid response on the wire, and what a parser must make of it. */
export interface RandomResponse {
  wire: Buffer;
  status: number;
  body: Buffer;
  keepAlive: boolean;
  /** It ends with its connection. */
  untilClose: boolean;
  /** It is chunked and HTTP/1.0, which knows no chunks: its connection must not be used again. Node does. */
  oldChunks: boolean;
}

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const FRAMING = ['content-length', 'transfer-encoding', 'connection', 'proxy-connection', 'upgrade'];

const characters = (set: string, least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...set), minLength: least, maxLength: most });

const name = characters(TOKEN, 1, 20).filter((text) => !FRAMING.includes(text.toLowerCase()));
/** Latin-1, without control characters, and blanks inside only. */
const value = fc
  .string({ unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 })
  .map((text) => text.replaceAll('\x7f', '').trim());
/** A tab behind a value is a blank as well (RFC 9110, section 5.5), but of the value for Node. */
const spaces = fc.constantFrom('', ' ', '  ');
const blanks = fc.constantFrom('', ' ', '\t', '  ');

/** A word in any mixture of cases. */
const anyCase = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) => [...word].map((letter, index) => (upper[index] ? letter.toUpperCase() : letter)).join(''));

const header = fc
  .tuple(name, blanks, value, blanks)
  .map(([key, before, text, after]) => `${key}:${before}${text}${after}`);
const headers = fc.array(header, { maxLength: 6 });
const known = (key: string, text: fc.Arbitrary<string>) =>
  fc.tuple(anyCase(key), blanks, text, spaces).map(([word, before, of, after]) => `${word}:${before}${of}${after}`);

const body = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));

const extension = fc.oneof(
  fc.constant(''),
  fc
    .tuple(characters(TOKEN, 1, 8), fc.option(characters(TOKEN, 1, 8), { nil: null }), fc.boolean())
    .map(([key, text, quoted]) => `;${key}${text === null ? '' : quoted ? `="${text}"` : `=${text}`}`),
);

const chunks = fc
  .array(
    fc.record({
      data: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      extension,
      zeros: fc.nat(3),
      upper: fc.boolean(),
    }),
    { maxLength: 5 },
  )
  .chain((list) => fc.tuple(fc.constant(list), extension, headers))
  .map(([list, lastExtension, trailers]) => {
    const wire = list.flatMap(({ data, extension: more, zeros, upper }) => {
      const size = '0'.repeat(zeros) + data.length.toString(16);
      return [Buffer.from(`${upper ? size.toUpperCase() : size}${more}\r\n`), Buffer.from(data), Buffer.from('\r\n')];
    });
    const end = `0${lastExtension}\r\n${trailers.map((trailer) => `${trailer}\r\n`).join('')}\r\n`;
    return {
      wire: Buffer.concat([...wire, Buffer.from(end, 'latin1')]),
      data: Buffer.concat(list.map(({ data }) => data)),
    };
  });

type Framing = { lines: string[]; wire: Buffer; body: Buffer; untilClose: boolean; chunked: boolean };

const framing: fc.Arbitrary<Framing> = fc.oneof(
  body.chain((bytes) =>
    known('content-length', fc.constant(String(bytes.length))).map((line) => ({
      lines: [line],
      wire: bytes,
      body: bytes,
      untilClose: false,
      chunked: false,
    })),
  ),
  fc.tuple(chunks, known('transfer-encoding', anyCase('chunked'))).map(([{ wire, data }, line]) => ({
    lines: [line],
    wire,
    body: data,
    untilClose: false,
    chunked: true,
  })),
  body.map((bytes) => ({ lines: [], wire: bytes, body: bytes, untilClose: true, chunked: false })),
);

const interim = fc
  .tuple(fc.constantFrom(100, 102, 103), headers)
  .map(([status, lines]) => `HTTP/1.1 ${status} Wait\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);

/** An HTTP/1.x response of any status but 101, with any headers, framed in any way, perhaps after interim ones. */
export const randomResponse: fc.Arbitrary<RandomResponse> = fc
  .record({
    interims: fc.array(interim, { maxLength: 2 }),
    minor: fc.constantFrom(0, 1),
    status: fc.oneof(fc.constantFrom(200, 200, 200, 204, 304, 404, 503), fc.integer({ min: 200, max: 599 })),
    reason: fc.oneof(
      fc.constant(''),
      value.map((text) => ` ${text}`),
    ),
    framing,
    connection: fc.constantFrom('close', 'keep-alive', null),
    before: headers,
    after: headers,
  })
  .chain((parts) =>
    known('connection', anyCase(parts.connection ?? '')).map((line) => {
      const bodiless = parts.status === 204 || parts.status === 304;
      const lines = [
        ...parts.before,
        ...parts.framing.lines,
        ...(parts.connection === null ? [] : [line]),
        ...parts.after,
      ];
      const head = `HTTP/1.${parts.minor} ${parts.status}${parts.reason}\r\n${lines.map((one) => `${one}\r\n`).join('')}\r\n`;
      const untilClose = parts.framing.untilClose && !bodiless;
      const stays = parts.minor === 1 ? parts.connection !== 'close' : parts.connection === 'keep-alive';
      const oldChunks = parts.minor === 0 && parts.framing.chunked;
      return {
        wire: Buffer.concat([
          Buffer.from(parts.interims.join('') + head, 'latin1'),
          bodiless ? Buffer.alloc(0) : parts.framing.wire,
        ]),
        status: parts.status,
        body: bodiless ? Buffer.alloc(0) : parts.framing.body,
        keepAlive: stays && !untilClose && !oldChunks,
        untilClose,
        oldChunks,
      };
    }),
  );

/** Where to cut, as shares of the whole. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** The pieces between the cuts, each in memory of its own. */
export function pieces(wire: Buffer, shares: number[]): Buffer[] {
  const at = [0, ...shares.map((share) => Math.floor(share * wire.length)).sort((a, b) => a - b), wire.length];
  return at.slice(1).map((end, index) => Buffer.from(wire.subarray(at[index], end)));
}
