import { COLON, CR, FIELD, HEX, LF, SEMICOLON, SPACE, TAB, TOKEN } from './byte-classes.js';
import type { ByteStore } from './byte-store.js';

/** The extensions of one chunk, or the trailers: nobody reads them, and none is as long as that. */
const MAX_UNREAD_BYTES = 65_536;

/** 2^64 has as many; no chunk is larger. */
const MAX_SIZE_DIGITS = 16;

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-lf'
  | 'end-lf'
  | 'whole'
  | 'refused';

/** A chunked body (RFC 9112, section 7.1) that comes in any pieces. Extensions and trailers are read over. */
export class ChunkedBody {
  problem = '';
  #state: State = 'size';
  /** Of the chunk: while its size is read, that size; then what is left of it. */
  #left = 0;
  #digits = 0;
  #unread = 0;

  constructor(
    private readonly data: ByteStore,
    private readonly mostBytes: number,
  ) {}

  reset(): void {
    this.#state = 'size';
    this.#left = 0;
    this.#digits = 0;
    this.#unread = 0;
  }

  get whole(): boolean {
    return this.#state === 'whole';
  }

  get refused(): boolean {
    return this.#state === 'refused';
  }

  /** @returns the offset behind what belongs to the body */
  push(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#state !== 'whole' && this.#state !== 'refused') {
      if (this.#state === 'data') {
        const end = Math.min(to, at + this.#left);
        this.data.append(bytes, at, end);
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'data-cr';
      } else {
        this.#state = this.#after(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  /** The state behind a byte that is no data. */
  #after(byte: number): State {
    switch (this.#state) {
      case 'size':
        return this.#afterSize(byte);
      case 'extension':
        if (byte === CR) return 'size-lf';
        return this.#unreadIs(FIELD[byte] === 1, 'extension', 'a chunk extension holds a control character');
      case 'size-lf':
        if (byte !== LF) return this.#refuse('a CR behind a chunk size is not followed by LF');
        return this.#left === 0 ? 'trailer' : 'data';
      case 'data-cr':
        return byte === CR ? 'data-lf' : this.#refuse('a chunk is longer than its size');
      case 'data-lf':
        this.#digits = 0;
        this.#unread = 0;
        return byte === LF ? 'size' : this.#refuse('a chunk is longer than its size');
      case 'trailer':
        if (byte === CR) return 'end-lf';
        return this.#unreadIs(TOKEN[byte] === 1, 'trailer-name', 'a trailer does not begin with a name');
      case 'trailer-name':
        if (byte === COLON) return 'trailer-value';
        return this.#unreadIs(TOKEN[byte] === 1, 'trailer-name', 'a trailer has no name and colon');
      case 'trailer-value':
        if (byte === CR) return 'trailer-lf';
        return this.#unreadIs(FIELD[byte] === 1, 'trailer-value', 'a trailer holds a control character');
      case 'trailer-lf':
        return byte === LF ? 'trailer' : this.#refuse('a CR behind a trailer is not followed by LF');
      case 'end-lf':
        return byte === LF ? 'whole' : this.#refuse('the CR behind the last chunk is not followed by LF');
      case 'data':
      case 'whole':
      case 'refused':
        return this.#state;
    }
  }

  #afterSize(byte: number): State {
    const digit = HEX[byte] ?? 255;
    if (digit < 16) {
      this.#left = this.#left * 16 + digit;
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) return this.#refuse('a chunk size has too many digits');
      const tooLong = this.data.length + this.#left > this.mostBytes;
      return tooLong ? this.#refuse(`its body is longer than ${this.mostBytes} bytes`) : 'size';
    }
    if (this.#digits === 0) return this.#refuse('a chunk size is not a hexadecimal number');
    if (byte === CR) return 'size-lf';
    if (byte === SEMICOLON || byte === SPACE || byte === TAB) return 'extension';
    return this.#refuse('a chunk size is not a hexadecimal number');
  }

  #unreadIs(right: boolean, next: State, problem: string): State {
    this.#unread += 1;
    if (!right) return this.#refuse(problem);
    return this.#unread > MAX_UNREAD_BYTES ? this.#refuse('its chunk extensions and trailers are too long') : next;
  }

  #refuse(problem: string): State {
    this.problem = problem;
    return 'refused';
  }
}
