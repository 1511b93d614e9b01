import type { RequestHead } from './request-head.js';

/** A head that is longer is not worth the memory. */
const MAX_BYTES = 4096;

/**
 * The head that was parsed last, byte for byte. A client that sends the same head again, as load generators and many
 * gateways do, is recognised at the cost of one comparison. The same bytes mean the same, so nothing is assumed.
 */
export class HeadMemo {
  readonly #bytes = Buffer.allocUnsafeSlow(MAX_BYTES);
  #length = 0;
  #head: RequestHead | null = null;

  /** @returns the head that starts at bytes[start], where it is the one remembered; it is {@link length} bytes long */
  recall(bytes: Buffer, start: number, end: number): RequestHead | null {
    const length = this.#length;
    if (length === 0 || end - start < length) return null;
    return bytes.compare(this.#bytes, 0, length, start, start + length) === 0 ? this.#head : null;
  }

  get length(): number {
    return this.#length;
  }

  remember(bytes: Buffer, start: number, end: number, head: RequestHead): void {
    if (end - start > MAX_BYTES) return;
    bytes.copy(this.#bytes, 0, start, end);
    this.#length = end - start;
    this.#head = head;
  }
}
