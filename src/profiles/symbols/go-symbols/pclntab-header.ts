import type { ByteReader } from '../elf/byte-reader.js';
import { type ElfFile, PT_LOAD } from '../elf/elf-file.js';

/** The first Go version of a layout. */
type PclntabLayout = '1.2' | '1.16' | '1.18' | '1.20';

/** Where the parts of a `.gopclntab` are, as offsets in the file. */
export interface PclntabHeader {
  layout: PclntabLayout;
  /** The table itself. */
  start: number;
  /** Smallest step of a program counter: 1 on x86, 4 on ARM. */
  quantum: number;
  functionCount: number;
  /** Zero-terminated names. */
  names: number;
  /** Indices of files by compilation unit; 0 before 1.16. */
  units: number;
  /** Zero-terminated paths from 1.16 on; before that, their offsets. */
  files: number;
  /** Compressed tables of a value by program counter. */
  pcValues: number;
  /** The base of the offsets in the function table. */
  functionData: number;
  /** Pairs of an entry and an offset, in ascending order, and one more entry for the end. */
  functionTable: number;
  /** The size of a field of the function table. */
  fieldBytes: 4 | 8;
  /** Where the header holds `runtime.text` (1.18 to 1.25; 1.26 kept the field but doesn't use it), else null. */
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
/** Bifrost, one of the largest, has 130,000. */
const FUNCTIONS_LIMIT = 1 << 24;

/** Whether four bytes begin a table of any layout. */
function isPclntabMagic(magic: number): boolean {
  return LAYOUTS.has(magic);
}

/**
 * The header of the table at `start`, after GOROOT/src/debug/gosym/pclntab.go.
 * @returns null if there is none: code and data may contain the magic number too
 */
function readPclntabHeader(reader: ByteReader, start: number): PclntabHeader | null {
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

/** The second one is for position-independent programs before Go 1.26. */
const SECTIONS = ['.gopclntab', '.data.rel.ro.gopclntab'];
/** The linker aligns the table to a pointer at least. */
const ALIGNMENT_BYTES = 8;

/** Finds the header of a Go program's function table; null if there is none, as in other programs. */
export function findPclntab(elf: ElfFile): PclntabHeader | null {
  for (const name of SECTIONS) {
    const section = elf.sections.find((candidate) => candidate.name === name && candidate.fileBytes > 0);
    const header = section && readPclntabHeader(elf.reader, section.fileOffset);
    if (header) return header;
  }
  return mayHoldUnnamedTable(elf) ? search(elf) : null;
}

/**
 * Two sorts of Go programs have no such section: programs without section headers, and position-independent ones linked
 * by the C linker, which merges it into `.data.rel.ro`. Checking for `.go.buildinfo` avoids reading every other binary
 * from end to end.
 */
function mayHoldUnnamedTable(elf: ElfFile): boolean {
  return elf.sections.length === 0 || elf.sections.some(({ name }) => name === '.go.buildinfo');
}

function search(elf: ElfFile): PclntabHeader | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD) continue;
    const first = Math.ceil(segment.fileOffset / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const end = Math.min(segment.fileOffset + segment.fileBytes, elf.reader.size) - 16;
    for (let at = first; at < end; at += ALIGNMENT_BYTES) {
      const header = isPclntabMagic(elf.reader.u32(at)) ? readPclntabHeader(elf.reader, at) : null;
      if (header) return header;
    }
  }
  return null;
}
