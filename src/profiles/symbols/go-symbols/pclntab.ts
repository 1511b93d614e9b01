import type { ByteReader } from '../elf/byte-reader.js';
import { addressOfOffset, type ElfFile, pointerReader } from '../elf/elf-file.js';
import { findPclntab, type PclntabHeader } from './pclntab-header.js';
import { findTextStart } from './text-start.js';

interface GoFunction {
  /** `net/http.(*conn).serve`; the type arguments of a generic function are `[...]`. */
  name: string;
  /** As compiled; `runtime/proc.go` with `-trimpath`. */
  file: string | null;
  /** The line of the `func` keyword since Go 1.20, of the first instruction before. */
  line: number | null;
  /** Address of its first instruction. */
  entry: number;
}

/** A Go program's function table. The runtime needs it for stack traces, so strip keeps it. */
export interface GoFunctionTable {
  readonly layout: PclntabHeader['layout'];
  readonly functionCount: number;
  /** The function at an address. Inlined functions count as the one they were inlined into. */
  functionAt(address: number): GoFunction | null;
  /** By position, in ascending order of address. */
  functionByIndex(index: number): GoFunction;
}

/**
 * Opens the function table of a Go program, in any layout since Go 1.2. It is read on demand and not cached.
 * @returns null if the file has none
 */
export function openGoFunctions(elf: ElfFile): GoFunctionTable | null {
  const header = findPclntab(elf);
  if (!header) return null;
  if (header.fieldBytes === 8) return new FunctionTable(elf, header, absoluteEntries(elf, header));
  const textStart = findTextStart(elf, header);
  if (textStart === null) return null;
  return new FunctionTable(elf, header, (at) => textStart + elf.reader.u32(at));
}

/** Up to Go 1.17 entries are addresses, and position-independent programs have a relocation for each. */
function absoluteEntries(elf: ElfFile, header: PclntabHeader): (at: number) => number {
  const shift = (addressOfOffset(elf, header.start) ?? 0) - header.start;
  const from = header.functionTable + shift;
  const pointer = pointerReader(elf, from, from + (header.functionCount * 2 + 1) * 8);
  return (at) => pointer(at + shift);
}

/** Offsets in `_func` (GOROOT/src/runtime/runtime2.go), in 4-byte words after the entry. */
const FIELD = { name: 0, pcFile: 4, pcLine: 5, tables: 6, unit: 7, startLine: 8 } as const;
/** Where the offsets of a function's other tables start, in the same words. */
const TABLES = { '1.2': null, '1.16': 9, '1.18': 9, '1.20': 10 } as const;
/** `abi.PCDATA_InlTreeIndex`, the same from Go 1.14 to 1.26. */
const INLINE_TABLE = 2;
const NO_FILE = 0xffffffff;

class FunctionTable implements GoFunctionTable {
  readonly layout: PclntabHeader['layout'];
  readonly functionCount: number;

  constructor(
    private readonly elf: ElfFile,
    private readonly header: PclntabHeader,
    /** @param at offset of a field of the function table */
    private readonly entryAt: (at: number) => number,
  ) {
    this.layout = header.layout;
    this.functionCount = header.functionCount;
  }

  functionAt(address: number): GoFunction | null {
    let low = 0;
    let high = this.functionCount;
    if (address < this.#entry(0) || address >= this.#entry(high)) return null;
    // Find the last function that starts at or before the address.
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#entry(middle) <= address) low = middle;
      else high = middle;
    }
    return this.functionByIndex(low);
  }

  functionByIndex(index: number): GoFunction {
    const { reader } = this.elf;
    const { header } = this;
    const entry = this.#entry(index);
    const pair = this.#pair(index) + header.fieldBytes;
    const data = header.functionData + (header.fieldBytes === 8 ? reader.u64(pair) : reader.u32(pair));
    const fields = data + header.fieldBytes;
    const name = reader.text(header.names + reader.i32(fields + 4 * FIELD.name));
    const ownPc = this.#ownPc(fields, entry);
    const startLine = header.layout === '1.20' ? reader.i32(fields + 4 * FIELD.startLine) : 0;
    const line = startLine > 0 ? startLine : this.#valueAt(fields, FIELD.pcLine, entry, ownPc);
    const fileNumber = this.#valueAt(fields, FIELD.pcFile, entry, ownPc);
    return { name, file: this.#file(fields, fileNumber), line: line > 0 ? line : null, entry };
  }

  #pair(index: number): number {
    return this.header.functionTable + index * 2 * this.header.fieldBytes;
  }

  #entry(index: number): number {
    return this.entryAt(this.#pair(index));
  }

  #values(offset: number, entry: number): Iterable<PcValue> {
    return offset === 0 ? [] : pcValues(this.elf.reader, this.header.pcValues + offset, entry, this.header.quantum);
  }

  #valueAt(fields: number, field: number, entry: number, pc: number): number {
    return pcValueAt(this.#values(this.elf.reader.u32(fields + 4 * field), entry), pc);
  }

  /**
   * The first instruction of the function's own. Its very first one may come from an inlined function, and have that
   * function's file and line.
   */
  #ownPc(fields: number, entry: number): number {
    const { reader } = this.elf;
    const tables = TABLES[this.header.layout];
    if (tables === null || reader.u32(fields + 4 * FIELD.tables) <= INLINE_TABLE) return entry;
    let pc = entry;
    for (const { value, endPc } of this.#values(reader.u32(fields + 4 * (tables + INLINE_TABLE)), entry)) {
      if (value === -1) return pc;
      pc = endPc;
    }
    return entry;
  }

  #file(fields: number, number: number): string | null {
    const { reader } = this.elf;
    const { layout, files, names, units } = this.header;
    if (number < 0) return null;
    if (layout === '1.2') return reader.text(names + reader.u32(files + 4 * number));
    const offset = reader.u32(units + 4 * (reader.u32(fields + 4 * FIELD.unit) + number));
    return offset === NO_FILE ? null : reader.text(files + offset);
  }
}

/** A value and the program counter at which it ends. */
interface PcValue {
  value: number;
  endPc: number;
}

/**
 * Decodes a table of values by program counter: pairs of a zigzag-encoded change of the value and a change of the
 * counter in quanta, ended by a zero (golang.org/s/go12symtab, "PC-value tables").
 * @param entry the function's address
 */
function* pcValues(reader: ByteReader, at: number, entry: number, quantum: number): Generator<PcValue> {
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

/** The value at a program counter; -1 if there is none. */
function pcValueAt(values: Iterable<PcValue>, pc: number): number {
  for (const { value, endPc } of values) if (pc < endPc) return value;
  return -1;
}
