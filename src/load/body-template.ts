import { FIXED, kindsOfBytes, MAY_STAND } from './value-bytes.js';

/**
 * A body that was parsed and found right, and which of its bytes may be others: those in which another right body of its
 * length differed, and only where they are plain characters of a string's value or digits of a number. So whatever
 * matches it is the same JSON but for such values, and is right without being parsed.
 */
export class BodyTemplate {
  readonly #bytes: Buffer;
  readonly #kinds: Uint8Array;
  /** Offsets of the bytes that vary, in order. */
  #varying: number[] = [];

  /** @param stream the body is an SSE stream */
  constructor(bytes: Buffer, from: number, to: number, stream: boolean) {
    this.#bytes = Buffer.from(bytes.subarray(from, to));
    this.#kinds = kindsOfBytes(this.#bytes, stream);
  }

  /** Whether the body of this length at `from` is the same, but for bytes that vary. */
  matches(bytes: Buffer, from: number): boolean {
    const own = this.#bytes;
    // What varies is copied from the body first: the rest then takes one comparison of the whole.
    for (const at of this.#varying) {
      const byte = bytes[from + at] ?? 0;
      if (MAY_STAND[(this.#kinds[at] ?? FIXED) * 256 + byte] !== 1) return false;
      own[at] = byte;
    }
    return own.compare(bytes, from, from + own.length) === 0;
  }

  /**
   * Take in another right body of this length.
   * @returns whether it could be: it differs from this one only where bytes may vary
   */
  learn(bytes: Buffer, from: number): boolean {
    const own = this.#bytes;
    const varying = new Set(this.#varying);
    for (let at = 0; at < own.length; at += 1) {
      const byte = bytes[from + at] ?? 0;
      if (byte === own[at]) continue;
      if (MAY_STAND[(this.#kinds[at] ?? FIXED) * 256 + byte] !== 1) return false;
      varying.add(at);
    }
    this.#varying = [...varying].sort((a, b) => a - b);
    return true;
  }
}
