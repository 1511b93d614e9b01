const FIRST_SIZE = 2048;

/** Bytes gathered from several reads, in one buffer that is kept for the next answer. */
export class ByteStore {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  append(source: Buffer, from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_SIZE, this.bytes.length * 2, length));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    source.copy(this.bytes, this.length, from, to);
    this.length = length;
  }
}
