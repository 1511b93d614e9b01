import { COLON, CR, HEX_VALUE, IS_TOKEN, IS_VALUE, LF, SEMICOLON, SP, TAB } from './octets.js';
import { failure, type RequestFailure } from './request-head.js';

/** 52 bits: more is no size but an attack on one that overflows. */
const MAX_SIZE_DIGITS = 13;
const MAX_EXTENSION_BYTES = 4096;
const MAX_TRAILER_BYTES = 16_384;

/** Where in the encoding the next byte stands. */
enum At {
  Size,
  Extension,
  SizeLineFeed,
  Data,
  DataReturn,
  DataLineFeed,
  TrailerStart,
  TrailerName,
  TrailerValue,
  TrailerLineFeed,
  LastLineFeed,
}

/** Takes the chunked encoding off a body (RFC 9112, 7.1), whatever pieces it comes in. Extensions and trailers are checked and dropped. */
export class ChunkedDecoder {
  #at = At.Size;
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  #done = false;
  #failure: RequestFailure | null = null;

  /** @param onData is handed each piece of the body, as bytes[start, end) */
  constructor(private readonly onData: (bytes: Uint8Array, start: number, end: number) => void) {}

  /** The body is whole. */
  get done(): boolean {
    return this.#done;
  }

  get failure(): RequestFailure | null {
    return this.#failure;
  }

  restart(): void {
    this.#at = At.Size;
    this.#size = 0;
    this.#digits = 0;
    this.#trailerBytes = 0;
    this.#done = false;
    this.#failure = null;
  }

  /**
   * Decode bytes[start, end).
   * @returns where it stopped: at `end`, just behind the last byte of the body, or at the byte that can't be
   */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.#at === At.Data) {
        const taken = Math.min(this.#size, end - at);
        this.onData(bytes, at, at + taken);
        this.#size -= taken;
        at += taken;
        if (this.#size === 0) this.#at = At.DataReturn;
        continue;
      }
      const complaint = this.#step(bytes[at] ?? 0);
      if (complaint !== null) {
        this.#failure = complaint;
        return at;
      }
      at++;
      if (this.#done) return at;
    }
    return at;
  }

  #step(octet: number): RequestFailure | null {
    switch (this.#at) {
      case At.Size:
        return this.#sizeDigit(octet);
      case At.Extension:
        if (octet === CR) this.#at = At.SizeLineFeed;
        else if (IS_VALUE[octet] !== 1) return failure('a chunk extension has a control character in it');
        else if (++this.#extensionBytes > MAX_EXTENSION_BYTES) return failure('a chunk extension is too long');
        return null;
      case At.SizeLineFeed:
        if (octet !== LF) return failure('a chunk size does not end with CR LF');
        this.#at = this.#size > 0 ? At.Data : At.TrailerStart;
        return null;
      case At.DataReturn:
        if (octet !== CR) return failure('a chunk is longer than its size');
        this.#at = At.DataLineFeed;
        return null;
      case At.DataLineFeed:
        if (octet !== LF) return failure('a chunk does not end with CR LF');
        this.#at = At.Size;
        this.#digits = 0;
        return null;
      case At.LastLineFeed:
        if (octet !== LF) return failure('a chunked body does not end with CR LF');
        this.#done = true;
        return null;
      case At.TrailerStart:
      case At.TrailerName:
      case At.TrailerValue:
      case At.TrailerLineFeed:
        return this.#trailer(octet);
      default:
        return failure('a chunk can not be read');
    }
  }

  #sizeDigit(octet: number): RequestFailure | null {
    const digit = HEX_VALUE[octet] ?? 255;
    if (digit < 16) {
      if (++this.#digits > MAX_SIZE_DIGITS) return failure('a chunk size is too large');
      this.#size = this.#size * 16 + digit;
      return null;
    }
    if (this.#digits === 0) return failure('a chunk size is missing');
    if (octet === CR) this.#at = At.SizeLineFeed;
    else if (octet === SEMICOLON) {
      this.#at = At.Extension;
      this.#extensionBytes = 0;
    } else return failure('a chunk size is not a hexadecimal number');
    return null;
  }

  #trailer(octet: number): RequestFailure | null {
    if (++this.#trailerBytes > MAX_TRAILER_BYTES) return failure('the trailers are too long', 431);
    switch (this.#at) {
      case At.TrailerStart:
        if (octet === CR) this.#at = At.LastLineFeed;
        else if (octet === SP || octet === TAB) return failure('a trailer is folded over two lines');
        else if (IS_TOKEN[octet] !== 1) return failure('a trailer has no proper name');
        else this.#at = At.TrailerName;
        return null;
      case At.TrailerName:
        if (octet === COLON) this.#at = At.TrailerValue;
        else if (IS_TOKEN[octet] !== 1) return failure('a trailer has no proper name');
        return null;
      case At.TrailerValue:
        if (octet === CR) this.#at = At.TrailerLineFeed;
        else if (IS_VALUE[octet] !== 1) return failure('a trailer has a control character in its value');
        return null;
      default:
        if (octet !== LF) return failure('a trailer does not end with CR LF');
        this.#at = At.TrailerStart;
        return null;
    }
  }
}
