import { FormatError } from '../../format-error.js';

/** The two wire types in pprof's schema (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Fields of pprof's Profile message. Comments (13), a list of numbers, may be encoded either way. */
const MESSAGES_AND_STRINGS = new Set([1, 2, 3, 4, 5, 6, 11, 13]);
const NUMBERS = new Set([7, 8, 9, 10, 12, 13, 14, 15]);

/**
 * Checks that the bytes are fields of pprof's Profile message and that the last field is complete. The decoder doesn't:
 * it reads a truncated message as a shorter one, and samples would silently be missing.
 * @throws FormatError with the offset of the bad field
 */
export function checkProfileFields(bytes: Uint8Array, expected: string): void {
  const fault = findFault(bytes);
  if (fault?.kind === 'foreign') throw new FormatError(`byte ${fault.at} begins no field of a profile`, { expected });
  if (fault?.kind === 'cut') throw new FormatError(`cut off in the field at byte ${fault.at}`, { expected });
}

/** Whether a file that starts with these bytes may be a profile. */
export function beginsAsProfile(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || findFault(bytes)?.kind === 'foreign') return false;
  const [tag = 0, length = 0, inner] = bytes;
  // All known writers start with a sample type: a short message whose first field is 1 or 2, a number.
  return tag >> 3 !== 1 || (length <= 22 && (inner === 0x08 || inner === 0x10));
}

/** `foreign`: no field of a profile starts here. `cut`: the field that starts here is incomplete. */
function findFault(bytes: Uint8Array): { kind: 'foreign' | 'cut'; at: number } | null {
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = bytes[at] ?? 0;
    const wireType = tag & 0b111;
    const allowed = wireType === VARINT ? NUMBERS : wireType === LENGTH_DELIMITED ? MESSAGES_AND_STRINGS : null;
    if (!allowed?.has(tag >> 3)) return { kind: 'foreign', at: start };
    const value = readVarint(bytes, at + 1);
    if (!value) return { kind: 'cut', at: start };
    at = value.end + (wireType === LENGTH_DELIMITED ? value.value : 0);
    if (at > bytes.length) return { kind: 'cut', at: start };
  }
  return null;
}

/** Null if the bytes end too early. Exact up to 2^53, more than any length. */
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
