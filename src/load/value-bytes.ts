/** What may stand at a byte of a JSON text, where the text is to stay valid and mean the same but for one value. */
export const FIXED = 0;
/** Any plain character: the byte is part of a string that is a value, and of no escape. */
export const PLAIN = 1;
/** A digit of a number. */
export const DIGIT = 2;
/** The first of several digits before a number's point, which must not be 0. */
export const FIRST_DIGIT = 3;

/** 1 at `kind * 256 + byte` where that byte may stand in a place of that kind. */
export const MAY_STAND = new Uint8Array(4 * 256);
for (let byte = 0x20; byte < 0x7f; byte += 1) {
  if (byte !== 0x22 && byte !== 0x5c) MAY_STAND[PLAIN * 256 + byte] = 1;
}
for (let byte = 0x30; byte <= 0x39; byte += 1) MAY_STAND[DIGIT * 256 + byte] = 1;
for (let byte = 0x31; byte <= 0x39; byte += 1) MAY_STAND[FIRST_DIGIT * 256 + byte] = 1;

const [QUOTE, BACKSLASH, LF, CR] = [0x22, 0x5c, 0x0a, 0x0d];
/** `.`, `e`, `E` and `+`: behind these, digits may begin with 0. */
const BEFORE_PARTS = new Set([0x2e, 0x65, 0x45, 0x2b]);
const DATA = Buffer.from('data:');

/**
 * The kind of every byte of a JSON text, or of an SSE stream whose data is JSON. Names of members, `true`, `false`,
 * `null`, escapes, and all that is neither string nor number are fixed.
 * @param bytes valid: the text was parsed before
 */
export function kindsOfBytes(bytes: Buffer, stream: boolean): Uint8Array {
  const kinds = new Uint8Array(bytes.length);
  if (!stream) {
    markValues(bytes, 0, bytes.length, kinds);
    return kinds;
  }
  let from = 0;
  while (from < bytes.length) {
    let to = from;
    while (to < bytes.length && bytes[to] !== LF && bytes[to] !== CR) to += 1;
    if (bytes.compare(DATA, 0, DATA.length, from, Math.min(to, from + DATA.length)) === 0) {
      markValues(bytes, from + DATA.length, to, kinds);
    }
    from = to + 1;
  }
  return kinds;
}

function markValues(bytes: Buffer, from: number, to: number, kinds: Uint8Array): void {
  let at = from;
  while (at < to) {
    if (bytes[at] === QUOTE) {
      const end = endOfString(bytes, at, to);
      if (isValue(bytes, end, to)) markString(bytes, at + 1, end - 1, kinds);
      at = end;
    } else if (isDigit(bytes, at)) {
      const start = at;
      while (isDigit(bytes, at)) at += 1;
      const before = start > from ? (bytes[start - 1] ?? 0) : 0;
      kinds.fill(DIGIT, start, at);
      if (at - start > 1 && !BEFORE_PARTS.has(before)) kinds[start] = FIRST_DIGIT;
    } else {
      at += 1;
    }
  }
}

/** @returns the offset behind the closing quote */
function endOfString(bytes: Buffer, quote: number, to: number): number {
  let at = quote + 1;
  while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** A string is a value where this line says so: a name is followed by a colon, perhaps in the next line. */
function isValue(bytes: Buffer, end: number, to: number): boolean {
  let at = end;
  while (at < to && (bytes[at] ?? 0) <= 0x20) at += 1;
  return at < to && bytes[at] !== 0x3a;
}

function markString(bytes: Buffer, from: number, to: number, kinds: Uint8Array): void {
  let at = from;
  while (at < to) {
    if (bytes[at] === BACKSLASH) {
      // \u and four digits; any other escape has one character.
      at += bytes[at + 1] === 0x75 ? 6 : 2;
    } else {
      if (MAY_STAND[PLAIN * 256 + (bytes[at] ?? 0)] === 1) kinds[at] = PLAIN;
      at += 1;
    }
  }
}

function isDigit(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] ?? 0;
  return byte >= 0x30 && byte <= 0x39;
}
