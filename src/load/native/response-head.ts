import { COMMA, CR, digitAt, equalsWord, IS_VALUE, isBlank, SPACE, ZERO } from '../../../common/http/bytes.js';
import {
  CLOSE,
  connectionOptions,
  HeadScanner,
  INCOMPLETE,
  KEEP_ALIVE,
  parseContentLength,
  REFUSED,
} from '../../../common/http/head.js';

const BEGINNING = Buffer.from('HTTP/1.');
const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');
const CONNECTION = Buffer.from('connection');
const RETRY_AFTER = Buffer.from('retry-after');
const CHUNKED = Buffer.from('chunked');
/** A longer head is parsed each time. */
const MAX_REMEMBERED_BYTES = 1024;
/** Where every head differs, remembering them costs and gains nothing: only one in so many is remembered. */
const REMEMBER_EVERY = 16;

/**
 * Status line and headers of a response, parsed in place (RFC 9112, 2 to 6). Of the headers only those that frame the
 * body or end the connection are kept. Strict: no folding, no bare LF, no ambiguous framing.
 *
 * A server's heads are often the same for a second, until their Date changes, so the last one is remembered: the same
 * bytes mean the same.
 */
export class ResponseHead {
  status = 0;
  /** The connection stays open after this response, as far as its head says. */
  keepAlive = true;
  /** -1 where there is none. */
  contentLength = -1;
  transferEncoding = false;
  /** The last transfer coding is `chunked`. */
  chunked = false;
  /** The value of `Retry-After`; null where there is none. */
  retryAfter: string | null = null;
  readonly #scanner = new HeadScanner();
  #minorVersion = 1;
  #connection = 0;
  /** The bytes of the last head; its length is 0 where it was not remembered. */
  readonly #last = Buffer.alloc(MAX_REMEMBERED_BYTES);
  #lastLength = 0;
  #unknownHeads = 0;

  /** Why bytes were refused. */
  get problem(): string {
    return this.#scanner.problem;
  }

  /** @returns the offset behind the head's empty line, or {@link INCOMPLETE} or {@link REFUSED} */
  parse(bytes: Buffer, from: number, to: number): number {
    if (this.#isLast(bytes, from, to)) return from + this.#lastLength;
    const end = this.#parseUnknown(bytes, from, to);
    this.#lastLength = 0;
    if (this.#unknownHeads % REMEMBER_EVERY === 0 && end >= 0 && end - from <= MAX_REMEMBERED_BYTES) {
      bytes.copy(this.#last, 0, from, end);
      this.#lastLength = end - from;
    }
    this.#unknownHeads += 1;
    return end;
  }

  #isLast(bytes: Buffer, from: number, to: number): boolean {
    const length = this.#lastLength;
    return length > 0 && to - from >= length && bytes.compare(this.#last, 0, length, from, from + length) === 0;
  }

  #parseUnknown(bytes: Buffer, from: number, to: number): number {
    this.contentLength = -1;
    this.transferEncoding = false;
    this.chunked = false;
    this.#connection = 0;
    this.retryAfter = null;
    let at = this.#parseStatusLine(bytes, from, to);
    while (at >= 0) {
      if (at === to) return INCOMPLETE;
      if (bytes[at] === CR) return this.#parseEnd(bytes, at, to);
      at = this.#parseHeader(bytes, at, to);
    }
    return at;
  }

  #parseStatusLine(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (const expected of BEGINNING) {
      if (at === to) return INCOMPLETE;
      if (bytes[at] !== expected) return this.#scanner.refuse('it does not begin with "HTTP/1."');
      at += 1;
    }
    if (to - at < 5) return INCOMPLETE;
    const minor = (bytes[at] ?? 0) - ZERO;
    if ((minor !== 0 && minor !== 1) || bytes[at + 1] !== SPACE) {
      return this.#scanner.refuse('its version is neither HTTP/1.0 nor HTTP/1.1');
    }
    this.#minorVersion = minor;
    const hundreds = digitAt(bytes, at + 2);
    const tens = digitAt(bytes, at + 3);
    const ones = digitAt(bytes, at + 4);
    if (hundreds < 1 || tens < 0 || ones < 0) return this.#scanner.refuse('its status is not three digits');
    this.status = hundreds * 100 + tens * 10 + ones;
    at += 5;
    if (at === to) return INCOMPLETE;
    if (bytes[at] !== SPACE && bytes[at] !== CR) return this.#scanner.refuse('its status is not three digits');
    while (at < to && IS_VALUE[bytes[at] ?? 0] === 1) at += 1;
    return this.#scanner.lineEnd(bytes, at, to);
  }

  #parseHeader(bytes: Buffer, from: number, to: number): number {
    const scanner = this.#scanner;
    const next = scanner.header(bytes, from, to);
    if (next < 0) return next;
    const { nameEnd, valueStart, valueEnd } = scanner;
    // Most headers are told apart by the length of their names.
    switch (nameEnd - from) {
      case CONTENT_LENGTH.length:
        if (equalsWord(bytes, from, nameEnd, CONTENT_LENGTH)) {
          return this.#takeContentLength(bytes, valueStart, valueEnd) ? next : REFUSED;
        }
        return next;
      case TRANSFER_ENCODING.length:
        if (equalsWord(bytes, from, nameEnd, TRANSFER_ENCODING)) {
          this.#takeTransferEncoding(bytes, valueStart, valueEnd);
        }
        return next;
      case CONNECTION.length:
        if (equalsWord(bytes, from, nameEnd, CONNECTION)) {
          this.#connection |= connectionOptions(bytes, valueStart, valueEnd);
        }
        return next;
      case RETRY_AFTER.length:
        if (equalsWord(bytes, from, nameEnd, RETRY_AFTER)) {
          this.retryAfter = bytes.toString('latin1', valueStart, valueEnd);
        }
        return next;
      default:
        return next;
    }
  }

  #parseEnd(bytes: Buffer, at: number, to: number): number {
    const end = this.#scanner.lineEnd(bytes, at, to);
    if (end < 0) return end;
    // Readers of the one and readers of the other would see different responses (RFC 9112, 6.3).
    if (this.transferEncoding && this.contentLength >= 0) {
      return this.#scanner.refuse('it has both a Content-Length and a Transfer-Encoding');
    }
    const close = (this.#connection & CLOSE) !== 0;
    // HTTP/1.0 knows no transfer codings: the framing may be an old proxy's that passed on what it didn't understand,
    // so that nothing behind this response is to be trusted (RFC 9112, 6.1).
    const persistent = this.#minorVersion === 1 || ((this.#connection & KEEP_ALIVE) !== 0 && !this.transferEncoding);
    this.keepAlive = !close && persistent;
    return end;
  }

  #takeContentLength(bytes: Buffer, from: number, to: number): boolean {
    const length = parseContentLength(bytes, from, to);
    if (Number.isNaN(length)) this.#scanner.refuse('its Content-Length is not a number of bytes');
    else if (this.contentLength >= 0) this.#scanner.refuse('it has more than one Content-Length');
    else {
      this.contentLength = length;
      return true;
    }
    return false;
  }

  /** Only the last coding matters: a body in others is not decoded, and so is found to be no JSON. */
  #takeTransferEncoding(bytes: Buffer, from: number, to: number): void {
    this.transferEncoding = true;
    let last = to;
    while (last > from && bytes[last - 1] !== COMMA) last -= 1;
    while (last < to && isBlank(bytes, last)) last += 1;
    this.chunked = equalsWord(bytes, last, to, CHUNKED);
  }
}
