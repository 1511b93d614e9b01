import type { ByteReader } from '../elf/byte-reader.js';

/** The first Go version of a layout. */
export type PclntabLayout = '1.2' | '1.16' | '1.18' | '1.20';

/** Where the parts of a `.gopclntab` are. All positions are offsets in the file. */
export interface PclntabHeader {
  layout: PclntabLayout;
  /** Of the table itself. */
  start: number;
  /** Smallest step of a program counter: 1 on x86, 4 on ARM. */
  quantum: number;
  functionCount: number;
  /** Zero-terminated names. */
  names: number;
  /** Indices of files by compilation unit; 0 before 1.16. */
  units: number;
  /** Zero-terminated paths from 1.16 on; before, offsets of them. */
  files: number;
  /** Compressed tables of a value by program counter. */
  pcValues: number;
  /** What the offsets in the function table count from. */
  functionData: number;
  /** Pairs of an entry and an offset, in ascending order, and one entry more for the end. */
  functionTable: number;
  /** Of one field of the function table. */
  fieldBytes: 4 | 8;
  /** Where `runtime.text` stands in the header (1.18 to 1.25; the field stayed, unused, in 1.26), else null. */
  textStartField: number | null;
}

/** GOROOT/src/internal/abi/symtab.go. */
const LAYOUTS = new Map<number, PclntabLayout>([
  [0xfffffffb, '1.2'],
  [0xfffffffa, '1.16'],
  [0xfffffff0, '1.18'],
  [0xfffffff1, '1.20'],
]);
const POINTER_BYTES = 8;
/** Bifrost, as large as they come, has 130,000. */
const FUNCTIONS_LIMIT = 1 << 24;

/** Whether four bytes begin a table of any layout. */
export function isPclntabMagic(magic: number): boolean {
  return LAYOUTS.has(magic);
}

/**
 * The header of the table at `start`, after GOROOT/src/debug/gosym/pclntab.go.
 * @returns null where there is none: the magic number alone may also be found in code or data
 */
export function readPclntabHeader(reader: ByteReader, start: number): PclntabHeader | null {
  if (start + 16 > reader.size) return null;
  const layout = LAYOUTS.get(reader.u32(start));
  const quantum = reader.u8(start + 6);
  if (layout === undefined || reader.u16(start + 4) !== 0 || ![1, 2, 4].includes(quantum)) return null;
  if (reader.u8(start + 7) !== POINTER_BYTES) return null;
  const functionCount = reader.u64(start + 8);
  if (functionCount === 0 || functionCount > FUNCTIONS_LIMIT) return null;
  const header = withParts(reader, { layout, start, quantum, functionCount });
  const end = header.functionTable + (functionCount * 2 + 1) * header.fieldBytes;
  const inOrder =
    layout === '1.2' ||
    (header.names < header.units &&
      header.units < header.files &&
      header.files < header.pcValues &&
      header.pcValues < header.functionTable);
  return inOrder && end < reader.size ? header : null;
}

type Beginning = Pick<PclntabHeader, 'layout' | 'start' | 'quantum' | 'functionCount'>;

function withParts(reader: ByteReader, beginning: Beginning): PclntabHeader {
  const { layout, start, functionCount } = beginning;
  const part = (word: number) => start + reader.u64(start + 8 + word * POINTER_BYTES);
  switch (layout) {
    case '1.2': {
      const functionTable = start + 8 + POINTER_BYTES;
      const filesField = functionTable + (functionCount * 2 + 1) * POINTER_BYTES;
      const files = filesField + 4 <= reader.size ? start + reader.u32(filesField) : start;
      const here = { names: start, units: 0, files, pcValues: start, functionData: start };
      return { ...beginning, ...here, functionTable, fieldBytes: 8, textStartField: null };
    }
    case '1.16': {
      const parts = { names: part(2), units: part(3), files: part(4), pcValues: part(5) };
      const functionTable = part(6);
      return {
        ...beginning,
        ...parts,
        functionTable,
        functionData: functionTable,
        fieldBytes: 8,
        textStartField: null,
      };
    }
    case '1.18':
    case '1.20': {
      const parts = { names: part(3), units: part(4), files: part(5), pcValues: part(6) };
      const functionTable = part(7);
      const textStartField = start + 8 + 2 * POINTER_BYTES;
      return { ...beginning, ...parts, functionTable, functionData: functionTable, fieldBytes: 4, textStartField };
    }
    default:
      return layout satisfies never;
  }
}
