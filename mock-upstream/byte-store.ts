const FIRST_BYTES = 4096;

/** Bytes that came in pieces, put together. Grows by doubling, so that a large body is copied about twice. */
export class ByteStore {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  get bytes(): Buffer {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  append(from: Uint8Array, start: number, end: number): void {
    const needed = this.#length + end - start;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.#bytes.length * 2, needed));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(from.subarray(start, end), this.#length);
    this.#length = needed;
  }

  /** Forget the bytes, and give back the memory of a large body. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > 16 * FIRST_BYTES) this.#bytes = Buffer.alloc(0);
  }
}
