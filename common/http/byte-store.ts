const FIRST_BYTES = 4096;
/** A larger buffer is given back when it is cleared. */
const MAX_KEPT_BYTES = 16 * FIRST_BYTES;

/** Bytes gathered from several reads. Grows by doubling, so a large body is copied about twice. */
export class ByteStore {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;

  append(source: Buffer, from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.bytes.length * 2, length));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    source.copy(this.bytes, this.length, from, to);
    this.length = length;
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length > MAX_KEPT_BYTES) this.bytes = Buffer.alloc(0);
  }
}
