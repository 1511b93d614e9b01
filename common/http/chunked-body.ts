import { COLON, CR, HEX_VALUE, IS_TOKEN, IS_VALUE, LF, SEMICOLON, SPACE, TAB } from './bytes.js';

/** 52 bits: a larger size could not be counted exactly. */
const MAX_SIZE_DIGITS = 13;
/** Nobody reads chunk extensions and trailers; these limits keep a peer from sending them for ever. */
const MAX_EXTENSION_BYTES = 4096;
const MAX_TRAILER_BYTES = 16_384;

/** What the next byte is part of. */
enum State {
  Size,
  Extension,
  SizeLf,
  Data,
  DataCr,
  DataLf,
  TrailerStart,
  TrailerName,
  TrailerValue,
  TrailerLf,
  EndLf,
  Complete,
  Refused,
}

/** Takes the decoded body, as bytes[from, to). */
export interface ChunkSink {
  append(bytes: Buffer, from: number, to: number): void;
}

export interface ChunkedBodyOptions {
  /** Refuse a chunk that makes the body longer than this. */
  maxBytes?: number;
  /** Read over blanks behind a chunk's size: old servers pad it with spaces (RFC 9112, 7.1.1). */
  paddedSizes?: boolean;
}

/** Decodes a chunked body (RFC 9112, 7.1) that comes in any pieces. Extensions and trailers are checked and dropped. */
export class ChunkedBody {
  /** Why the body was refused. */
  problem = '';
  /** It was refused for trailers that are too long. */
  trailersTooLong = false;
  readonly #maxBytes: number;
  readonly #paddedSizes: boolean;
  #state = State.Size;
  /** While a chunk's size is read, that size; then the bytes of the chunk that are still to come. */
  #left = 0;
  #digits = 0;
  #decodedBytes = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;

  constructor(
    private readonly sink: ChunkSink,
    { maxBytes = Number.POSITIVE_INFINITY, paddedSizes = false }: ChunkedBodyOptions = {},
  ) {
    this.#maxBytes = maxBytes;
    this.#paddedSizes = paddedSizes;
  }

  get complete(): boolean {
    return this.#state === State.Complete;
  }

  get refused(): boolean {
    return this.#state === State.Refused;
  }

  /** Begin another body. */
  reset(): void {
    this.problem = '';
    this.trailersTooLong = false;
    this.#state = State.Size;
    this.#left = 0;
    this.#digits = 0;
    this.#decodedBytes = 0;
    this.#extensionBytes = 0;
    this.#trailerBytes = 0;
  }

  /**
   * Decode bytes[from, to).
   * @returns where it stopped: at `to`, or just behind the last byte that belongs to the body
   */
  push(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#state < State.Complete) {
      if (this.#state === State.Data) {
        const end = Math.min(to, at + this.#left);
        this.sink.append(bytes, at, end);
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = State.DataCr;
      } else {
        this.#state = this.#next(bytes[at] ?? 0);
        at++;
      }
    }
    return at;
  }

  /** The state after a byte that is not data. */
  #next(byte: number): State {
    switch (this.#state) {
      case State.Size:
        return this.#afterSizeDigit(byte);
      case State.Extension:
        if (byte === CR) return State.SizeLf;
        if (IS_VALUE[byte] !== 1) return this.#refuse('a chunk extension has a control character in it');
        if (++this.#extensionBytes > MAX_EXTENSION_BYTES) return this.#refuse('a chunk extension is too long');
        return State.Extension;
      case State.SizeLf:
        if (byte !== LF) return this.#refuse('a chunk size does not end with CR LF');
        return this.#left > 0 ? State.Data : State.TrailerStart;
      case State.DataCr:
        return byte === CR ? State.DataLf : this.#refuse('a chunk is longer than its size');
      case State.DataLf:
        this.#digits = 0;
        this.#extensionBytes = 0;
        return byte === LF ? State.Size : this.#refuse('a chunk does not end with CR LF');
      case State.EndLf:
        return byte === LF ? State.Complete : this.#refuse('a chunked body does not end with CR LF');
      case State.TrailerStart:
      case State.TrailerName:
      case State.TrailerValue:
      case State.TrailerLf:
        return this.#afterTrailerByte(byte);
      case State.Data:
      case State.Complete:
      case State.Refused:
        return this.#state;
    }
  }

  #afterSizeDigit(byte: number): State {
    const digit = HEX_VALUE[byte] ?? 255;
    if (digit < 16) {
      if (++this.#digits > MAX_SIZE_DIGITS) return this.#refuse('a chunk size is too large');
      this.#left = this.#left * 16 + digit;
      const tooLong = this.#decodedBytes + this.#left > this.#maxBytes;
      return tooLong ? this.#refuse(`the body is longer than ${this.#maxBytes} bytes`) : State.Size;
    }
    if (this.#digits === 0) return this.#refuse('a chunk size is missing');
    this.#decodedBytes += this.#left;
    if (byte === CR) return State.SizeLf;
    if (byte === SEMICOLON || (this.#paddedSizes && (byte === SPACE || byte === TAB))) return State.Extension;
    return this.#refuse('a chunk size is not a hexadecimal number');
  }

  #afterTrailerByte(byte: number): State {
    if (++this.#trailerBytes > MAX_TRAILER_BYTES) {
      this.trailersTooLong = true;
      return this.#refuse('the trailers are too long');
    }
    switch (this.#state) {
      case State.TrailerStart:
        if (byte === CR) return State.EndLf;
        if (byte === SPACE || byte === TAB) return this.#refuse('a trailer is folded over two lines');
        return IS_TOKEN[byte] === 1 ? State.TrailerName : this.#refuse('a trailer does not begin with a name');
      case State.TrailerName:
        if (byte === COLON) return State.TrailerValue;
        return IS_TOKEN[byte] === 1 ? State.TrailerName : this.#refuse('a trailer does not begin with a name');
      case State.TrailerValue:
        if (byte === CR) return State.TrailerLf;
        return IS_VALUE[byte] === 1
          ? State.TrailerValue
          : this.#refuse('a trailer has a control character in its value');
      default:
        return byte === LF ? State.TrailerStart : this.#refuse('a trailer does not end with CR LF');
    }
  }

  #refuse(problem: string): State {
    this.problem = problem;
    return State.Refused;
  }
}
