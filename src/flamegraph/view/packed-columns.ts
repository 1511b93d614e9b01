/**
 * Columns of integers as bytes: a call tree of a million nodes fits in a page. Each value is a little-endian base 128
 * varint (https://protobuf.dev/programming-guides/encoding/#varints), one column after the other, so that alike values
 * stand together and compress well.
 */

/** @param columns integers from 0 to 2^53 - 1, all columns of the same length */
export function packColumns(columns: readonly (readonly number[])[]): Uint8Array {
  let bytes = new Uint8Array(1024);
  let length = 0;
  for (const column of columns) {
    for (const value of column) {
      if (length + 8 > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      let rest = value;
      // Not by shifts, which know 32 bits only: nanoseconds need more.
      while (rest >= 128) {
        bytes[length++] = (rest % 128) + 128;
        rest = Math.floor(rest / 128);
      }
      bytes[length++] = rest;
    }
  }
  return bytes.subarray(0, length);
}

/** The columns again. @param rows length of each column */
export function unpackColumns(bytes: Uint8Array, columns: number, rows: number): Float64Array[] {
  let at = 0;
  const next = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  return Array.from({ length: columns }, () => Float64Array.from({ length: rows }, next));
}
