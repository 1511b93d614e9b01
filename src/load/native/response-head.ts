import { COLON, COMMA, CR, FIELD, LF, NINE, SPACE, TAB, TOKEN, ZERO } from './byte-classes.js';

/** The head doesn't end in these bytes. */
export const INCOMPLETE = -1;
/** The bytes are no head of an HTTP/1.x answer; {@link AnswerHead.problem} says why. */
export const REFUSED = -2;

const BEGINNING = Buffer.from('HTTP/1.');
const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');
const CONNECTION = Buffer.from('connection');
const CHUNKED = Buffer.from('chunked');
const CLOSE = Buffer.from('close');
const KEEP_ALIVE = Buffer.from('keep-alive');
/** A longer head is read anew each time. */
const MAX_REMEMBERED_BYTES = 1024;
/** Where heads differ each time, remembering them would be for nothing: only one in so many is. */
const REMEMBER_EVERY = 16;
/** Beyond 15 digits a length is no exact number any more. */
const MAX_LENGTH_DIGITS = 15;

/**
 * Status line and headers of an answer, read in place (RFC 9112, sections 2 to 6). Of the headers only those that
 * frame the body or end the connection are kept. Strict: no folding, no bare LF, no doubtful framing.
 *
 * A server's heads are often the same for a second, until their Date changes: one that has the very bytes of the one
 * read last means the same.
 */
export class AnswerHead {
  status = 0;
  /** The connection stays open after this answer, as far as its head says. */
  keepAlive = true;
  /** -1 where there is none. */
  contentLength = -1;
  transferEncoding = false;
  /** The last transfer coding is `chunked`. */
  chunked = false;
  problem = '';
  #minorVersion = 1;
  #close = false;
  #stay = false;
  /** The bytes of the head that was read last, or nothing where they were not remembered. */
  readonly #last = Buffer.alloc(MAX_REMEMBERED_BYTES);
  #lastLength = 0;
  #unlike = 0;

  /** @returns the offset behind the head's empty line, or {@link INCOMPLETE} or {@link REFUSED} */
  read(bytes: Buffer, from: number, to: number): number {
    if (this.#isLast(bytes, from, to)) return from + this.#lastLength;
    const end = this.#readAnew(bytes, from, to);
    this.#lastLength = 0;
    if (this.#unlike % REMEMBER_EVERY === 0 && end >= 0 && end - from <= MAX_REMEMBERED_BYTES) {
      bytes.copy(this.#last, 0, from, end);
      this.#lastLength = end - from;
    }
    this.#unlike += 1;
    return end;
  }

  #isLast(bytes: Buffer, from: number, to: number): boolean {
    const length = this.#lastLength;
    if (length === 0 || to - from < length) return false;
    const last = this.#last;
    for (let index = 0; index < length; index += 1) {
      if (bytes[from + index] !== last[index]) return false;
    }
    return true;
  }

  #readAnew(bytes: Buffer, from: number, to: number): number {
    this.contentLength = -1;
    this.transferEncoding = false;
    this.chunked = false;
    this.#close = false;
    this.#stay = false;
    let at = this.#readStatusLine(bytes, from, to);
    while (at >= 0) {
      if (at === to) return INCOMPLETE;
      if (bytes[at] === CR) return this.#readEnd(bytes, at, to);
      at = this.#readHeader(bytes, at, to);
    }
    return at;
  }

  #readStatusLine(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (const expected of BEGINNING) {
      if (at === to) return INCOMPLETE;
      if (bytes[at] !== expected) return this.#refuse('it does not begin with "HTTP/1."');
      at += 1;
    }
    if (to - at < 5) return INCOMPLETE;
    const minor = (bytes[at] ?? 0) - ZERO;
    if ((minor !== 0 && minor !== 1) || bytes[at + 1] !== SPACE) {
      return this.#refuse('its version is neither HTTP/1.0 nor HTTP/1.1');
    }
    this.#minorVersion = minor;
    const hundreds = digit(bytes, at + 2);
    const tens = digit(bytes, at + 3);
    const ones = digit(bytes, at + 4);
    if (hundreds < 1 || tens < 0 || ones < 0) return this.#refuse('its status is not three digits');
    this.status = hundreds * 100 + tens * 10 + ones;
    at += 5;
    if (at === to) return INCOMPLETE;
    if (bytes[at] !== SPACE && bytes[at] !== CR) return this.#refuse('its status is not three digits');
    while (at < to && isField(bytes, at)) at += 1;
    return this.#lineEnd(bytes, at, to);
  }

  #readHeader(bytes: Buffer, from: number, to: number): number {
    let at = from;
    if (bytes[at] === SPACE || bytes[at] === TAB) return this.#refuse('a header is folded over two lines');
    while (at < to && TOKEN[bytes[at] ?? 0] === 1) at += 1;
    if (at === to) return INCOMPLETE;
    if (bytes[at] !== COLON || at === from) return this.#refuse('a header line does not begin with a name and a colon');
    const nameLength = at - from;
    at += 1;
    while (at < to && isBlank(bytes, at)) at += 1;
    const valueFrom = at;
    while (at < to && isField(bytes, at)) at += 1;
    const next = this.#lineEnd(bytes, at, to);
    if (next < 0) return next;
    if (nameLength === CONTENT_LENGTH.length && equals(bytes, from, CONTENT_LENGTH)) {
      return this.#readContentLength(bytes, valueFrom, trimmed(bytes, valueFrom, at)) ? next : REFUSED;
    }
    if (nameLength === TRANSFER_ENCODING.length && equals(bytes, from, TRANSFER_ENCODING)) {
      this.#readTransferEncoding(bytes, valueFrom, trimmed(bytes, valueFrom, at));
    } else if (nameLength === CONNECTION.length && equals(bytes, from, CONNECTION)) {
      this.#readConnection(bytes, valueFrom, trimmed(bytes, valueFrom, at));
    }
    return next;
  }

  #readEnd(bytes: Buffer, at: number, to: number): number {
    const end = this.#lineEnd(bytes, at, to);
    if (end < 0) return end;
    // Whoever reads one of the two and whoever reads the other see different answers (RFC 9112, section 6.3).
    if (this.transferEncoding && this.contentLength >= 0) {
      return this.#refuse('it has both a Content-Length and a Transfer-Encoding');
    }
    this.keepAlive = this.#minorVersion === 1 ? !this.#close : this.#stay && !this.#close;
    return end;
  }

  #lineEnd(bytes: Buffer, at: number, to: number): number {
    if (at === to) return INCOMPLETE;
    if (bytes[at] !== CR) return this.#refuse('a line of its head holds a control character or ends without CR');
    if (at + 1 === to) return INCOMPLETE;
    return bytes[at + 1] === LF ? at + 2 : this.#refuse('a CR in its head is not followed by LF');
  }

  #readContentLength(bytes: Buffer, from: number, to: number): boolean {
    let length = 0;
    for (let at = from; at < to; at += 1) {
      const value = digit(bytes, at);
      if (value < 0) return this.#refuse('its Content-Length is not a number') > 0;
      length = length * 10 + value;
    }
    if (to === from || to - from > MAX_LENGTH_DIGITS) return this.#refuse('its Content-Length is not a number') > 0;
    if (this.contentLength >= 0) return this.#refuse('it has two Content-Lengths') > 0;
    this.contentLength = length;
    return true;
  }

  /** Only the last coding matters here: a body in others is taken as it is, and found to be no JSON. */
  #readTransferEncoding(bytes: Buffer, from: number, to: number): void {
    this.transferEncoding = true;
    let last = to;
    while (last > from && bytes[last - 1] !== COMMA) last -= 1;
    while (last < to && isBlank(bytes, last)) last += 1;
    this.chunked = to - last === CHUNKED.length && equals(bytes, last, CHUNKED);
  }

  #readConnection(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      let end = at;
      while (end < to && bytes[end] !== COMMA) end += 1;
      while (at < end && isBlank(bytes, at)) at += 1;
      const length = trimmed(bytes, at, end) - at;
      if (length === CLOSE.length && equals(bytes, at, CLOSE)) this.#close = true;
      if (length === KEEP_ALIVE.length && equals(bytes, at, KEEP_ALIVE)) this.#stay = true;
      at = end + 1;
    }
  }

  #refuse(problem: string): typeof REFUSED {
    this.problem = problem;
    return REFUSED;
  }
}

function isField(bytes: Buffer, at: number): boolean {
  return FIELD[bytes[at] ?? 0] === 1;
}

function isBlank(bytes: Buffer, at: number): boolean {
  return bytes[at] === SPACE || bytes[at] === TAB;
}

/** The end of a value without the blanks before it. */
function trimmed(bytes: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(bytes, end - 1)) end -= 1;
  return end;
}

/** -1 where it is none. */
function digit(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  return byte >= ZERO && byte <= NINE ? byte - ZERO : -1;
}

/** Whether letters and `-` at this offset are those of a lower-case word, whatever their case. */
function equals(bytes: Buffer, from: number, word: Buffer): boolean {
  for (let index = 0; index < word.length; index += 1) {
    // 0x20 is what tells a lower-case letter from its capital; of the bytes in words, only "-" has it anyway.
    if (((bytes[from + index] ?? 0) | 0x20) !== word[index]) return false;
  }
  return true;
}
