import { FormatError } from '../../format-error.js';

/** A file, or bytes in memory. */
export interface ByteSource {
  readonly size: number;
  /** Reads `length` bytes at `offset`, or fewer at the end. */
  read(offset: number, length: number): Uint8Array;
}

/** A source of bytes in memory. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

const PAGE_BYTES = 64 * 1024;
/** 4 MiB: enough to keep a binary search and its result cached, however large the binary is. */
const PAGES_KEPT = 64;
const TEXT_LIMIT_BYTES = 64 * 1024;

/**
 * Reads little-endian numbers and strings at any offset. It caches only a few pages, since binaries of 100 MB are read
 * in a few places only. Every method throws FormatError past the end.
 */
export class ByteReader {
  /** Least recently used first. */
  readonly #pages = new Map<number, DataView>();
  readonly #straddling = new DataView(new ArrayBuffer(8));

  constructor(readonly source: ByteSource) {}

  get size(): number {
    return this.source.size;
  }

  u8(offset: number): number {
    const { view, at } = this.#locate(offset, 1);
    return view.getUint8(at);
  }

  u16(offset: number): number {
    const { view, at } = this.#locate(offset, 2);
    return view.getUint16(at, true);
  }

  u32(offset: number): number {
    const { view, at } = this.#locate(offset, 4);
    return view.getUint32(at, true);
  }

  i32(offset: number): number {
    return this.u32(offset) | 0;
  }

  /** Infinity for numbers above 2^53, which no user-space address or file offset is. */
  u64(offset: number): number {
    const { view, at } = this.#locate(offset, 8);
    const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
    return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
  }

  /** The zero-terminated UTF-8 string at `offset`. */
  text(offset: number): string {
    const bytes: number[] = [];
    for (let at = offset; ; at++) {
      const byte = this.u8(at);
      if (byte === 0) return new TextDecoder().decode(Uint8Array.from(bytes));
      if (bytes.push(byte) > TEXT_LIMIT_BYTES) throw new FormatError(`a text at ${offset} has no end`);
    }
  }

  #locate(offset: number, length: number): { view: DataView; at: number } {
    if (!(offset >= 0 && offset + length <= this.size)) {
      throw new FormatError(`offset ${offset} is past the end at ${this.size}`);
    }
    const number = Math.floor(offset / PAGE_BYTES);
    const at = offset - number * PAGE_BYTES;
    const page = this.#page(number);
    if (at + length <= page.byteLength) return { view: page, at };
    for (let i = 0; i < length; i++) this.#straddling.setUint8(i, this.u8(offset + i));
    return { view: this.#straddling, at: 0 };
  }

  #page(number: number): DataView {
    const known = this.#pages.get(number);
    if (known) {
      this.#pages.delete(number);
      this.#pages.set(number, known);
      return known;
    }
    const bytes = this.source.read(number * PAGE_BYTES, PAGE_BYTES);
    const page = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#pages.set(number, page);
    if (this.#pages.size > PAGES_KEPT) {
      for (const oldest of this.#pages.keys()) {
        this.#pages.delete(oldest);
        break;
      }
    }
    return page;
  }
}
