import { FormatError } from './format-error.js';

/** The two wire types that pprof's schema has (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Check that the fields of a protobuf message end where the bytes do. The decoder doesn't: it reads a message that was
 * cut off as a shorter one, and a profile would miss samples that nobody misses.
 * @throws FormatError with the byte at which it goes wrong
 */
export function checkProtobufFields(bytes: Uint8Array, expected: string): void {
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const wireType = (bytes[at] ?? 0) & 0b111;
    const fieldNumber = (bytes[at] ?? 0) >> 3;
    if (fieldNumber < 1 || fieldNumber > 15 || (wireType !== VARINT && wireType !== LENGTH_DELIMITED)) {
      throw new FormatError(`byte ${start} begins no field of a profile`, { expected });
    }
    const value = readVarint(bytes, at + 1);
    if (!value) throw new FormatError(`cut off in the field at byte ${start}`, { expected });
    at = value.end + (wireType === LENGTH_DELIMITED ? value.value : 0);
    if (at > bytes.length) throw new FormatError(`cut off in the field at byte ${start}`, { expected });
  }
}

/** Null where the bytes end first. Exact up to 2^53, which is more than any length. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return null;
}
