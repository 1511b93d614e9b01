import type { ByteReader } from '../elf/byte-reader.js';

/** A value and the program counter up to which it holds. */
export interface PcValue {
  value: number;
  endPc: number;
}

/**
 * A value by program counter, run-length coded: pairs of a zigzag difference of the value and a difference of the
 * counter in quanta, ended by a zero (golang.org/s/go12symtab, "PC-value tables").
 * @param entry the function's address
 */
export function* pcValues(reader: ByteReader, at: number, entry: number, quantum: number): Generator<PcValue> {
  let position = at;
  const varint = () => {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = reader.u8(position++);
      result |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) break;
    }
    return result >>> 0;
  };
  let value = -1;
  let pc = entry;
  for (let first = true; ; first = false) {
    const coded = varint();
    if (coded === 0 && !first) return;
    value += coded & 1 ? ~(coded >>> 1) : coded >>> 1;
    pc += varint() * quantum;
    yield { value, endPc: pc };
  }
}

/** The value at a program counter; -1 where there is none. */
export function pcValueAt(values: Iterable<PcValue>, pc: number): number {
  for (const { value, endPc } of values) if (pc < endPc) return value;
  return -1;
}
