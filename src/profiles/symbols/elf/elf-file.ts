import { FormatError } from '../../format-error.js';
import { ByteReader, type ByteSource } from './byte-reader.js';

/** A program header: a part of the file and where it is mapped. */
interface ElfSegment {
  type: number;
  executable: boolean;
  writable: boolean;
  fileOffset: number;
  fileBytes: number;
  address: number;
}

export interface ElfSection {
  name: string;
  fileOffset: number;
  /** 0 for sections without bytes in the file. */
  fileBytes: number;
  address: number;
  /** Begins with a header that says how. */
  compressed: boolean;
}

/** The headers of a 64-bit little-endian ELF file (System V ABI, chapters 4 and 5). */
export interface ElfFile {
  reader: ByteReader;
  /** `e_machine`. */
  machine: number;
  segments: ElfSegment[];
  /** Empty if the section headers were stripped: programs run without them. */
  sections: ElfSection[];
}

export const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_HEADER_BYTES = 64;

/** @throws FormatError for anything but a valid 64-bit little-endian ELF file */
export function readElf(source: ByteSource): ElfFile {
  const reader = new ByteReader(source);
  if (source.size < 64 || reader.u32(0) !== 0x464c457f) throw new FormatError('not an ELF file');
  if (reader.u8(4) !== 2) throw new FormatError('a 32-bit ELF file', { expected: 'a 64-bit one' });
  if (reader.u8(5) !== 1) throw new FormatError('a big-endian ELF file', { expected: 'a little-endian one' });
  return { reader, machine: reader.u16(18), segments: readSegments(reader), sections: readSections(reader) };
}

function readSegments(reader: ByteReader): ElfSegment[] {
  const table = reader.u64(32);
  const entryBytes = reader.u16(54);
  const count = reader.u16(56);
  if (count > 0 && entryBytes !== PROGRAM_HEADER_BYTES) {
    throw new FormatError(`program headers of ${entryBytes} bytes`, { expected: `${PROGRAM_HEADER_BYTES}` });
  }
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * PROGRAM_HEADER_BYTES;
    const flags = reader.u32(at + 4);
    return {
      type: reader.u32(at),
      executable: (flags & 1) !== 0,
      writable: (flags & 2) !== 0,
      fileOffset: reader.u64(at + 8),
      address: reader.u64(at + 16),
      fileBytes: reader.u64(at + 32),
    };
  });
}

function readSections(reader: ByteReader): ElfSection[] {
  const table = reader.u64(40);
  if (table === 0) return [];
  // The table may have been stripped, with everything that isn't loaded.
  if (reader.u16(58) !== SECTION_HEADER_BYTES || table + SECTION_HEADER_BYTES > reader.size) return [];
  const count = reader.u16(60) || reader.u64(table + 32);
  if (table + count * SECTION_HEADER_BYTES > reader.size) return [];
  const names = reader.u64(table + reader.u16(62) * SECTION_HEADER_BYTES + 24);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * SECTION_HEADER_BYTES;
    return {
      name: index === 0 ? '' : reader.text(names + reader.u32(at)),
      compressed: (reader.u32(at + 8) & SHF_COMPRESSED) !== 0,
      address: reader.u64(at + 16),
      fileOffset: reader.u64(at + 24),
      fileBytes: reader.u32(at + 4) === SHT_NOBITS ? 0 : reader.u64(at + 32),
    };
  });
}

/** The virtual address, before relocation, of a byte of the file; null if it isn't loaded. */
export function addressOfOffset(elf: ElfFile, fileOffset: number): number | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD) continue;
    const distance = fileOffset - segment.fileOffset;
    if (distance >= 0 && distance < segment.fileBytes) return segment.address + distance;
  }
  return null;
}

/** Reverses {@link addressOfOffset}. */
export function offsetOfAddress(elf: ElfFile, address: number): number | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD) continue;
    const distance = address - segment.address;
    if (distance >= 0 && distance < segment.fileBytes) return segment.fileOffset + distance;
  }
  return null;
}

const DT_RELA = 7;
const DT_RELASZ = 8;
const DYNAMIC_ENTRY_BYTES = 16;
const RELA_BYTES = 24;
/** `R_<machine>_RELATIVE` by `e_machine`: load address plus addend, for pointers into the same file. */
const RELATIVE_TYPE = new Map([
  [62, 8], // x86-64
  [183, 1027], // AArch64
  [243, 3], // RISC-V
]);

/**
 * The relative relocations of a position-independent file. GNU ld writes pointers only here and leaves zeros in their
 * place; Go's linker writes both.
 */
export function* relativeRelocations(elf: ElfFile): Generator<{ address: number; value: number }> {
  const { reader } = elf;
  const type = RELATIVE_TYPE.get(elf.machine);
  const dynamic = elf.segments.find((segment) => segment.type === PT_DYNAMIC);
  if (type === undefined || !dynamic) return;
  const tags = new Map<number, number>();
  for (let at = 0; at + DYNAMIC_ENTRY_BYTES <= dynamic.fileBytes; at += DYNAMIC_ENTRY_BYTES) {
    const tag = reader.u64(dynamic.fileOffset + at);
    if (tag === 0) break;
    tags.set(tag, reader.u64(dynamic.fileOffset + at + 8));
  }
  const table = offsetOfAddress(elf, tags.get(DT_RELA) ?? -1);
  if (table === null) return;
  const end = table + (tags.get(DT_RELASZ) ?? 0);
  for (let at = table; at + RELA_BYTES <= end; at += RELA_BYTES) {
    if (reader.u32(at + 8) === type) yield { address: reader.u64(at), value: reader.u64(at + 16) };
  }
}

/** The relocations of addresses from `from` up to, but not including, `to`. */
function relocationsWithin(elf: ElfFile, from: number, to: number): Map<number, number> {
  const found = new Map<number, number>();
  for (const { address, value } of relativeRelocations(elf)) {
    if (address >= from && address < to) found.set(address, value);
  }
  return found;
}

/** Returns a reader of pointers in a range of addresses, relocated as for load address 0. */
export function pointerReader(elf: ElfFile, from: number, to: number): (address: number) => number {
  let relocations: Map<number, number> | null = null;
  return (address) => {
    const offset = offsetOfAddress(elf, address);
    const inPlace = offset === null ? 0 : elf.reader.u64(offset);
    if (inPlace !== 0) return inPlace;
    relocations ??= relocationsWithin(elf, from, to);
    return relocations.get(address) ?? 0;
  };
}
