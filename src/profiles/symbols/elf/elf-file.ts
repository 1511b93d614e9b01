import { FormatError } from '../../formats/format-error.js';
import { ByteReader, type ByteSource } from './byte-reader.js';

/** A program header: a piece of the file and where it is mapped to. */
export interface ElfSegment {
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
  /** 0 for what has no bytes in the file. */
  fileBytes: number;
  address: number;
}

/** What of a 64-bit little-endian ELF file tells where things are. Names: the System V ABI, chapters 4 and 5. */
export interface ElfFile {
  reader: ByteReader;
  /** `e_machine`. */
  machine: number;
  segments: ElfSegment[];
  /** Empty where the section headers were stripped: programs run without them. */
  sections: ElfSection[];
}

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
const SHT_NOBITS = 8;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_HEADER_BYTES = 64;

/** @throws FormatError for anything but a 64-bit little-endian ELF file, and for a broken one */
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
  // The table may have been cut off with all that is not loaded.
  if (reader.u16(58) !== SECTION_HEADER_BYTES || table + SECTION_HEADER_BYTES > reader.size) return [];
  const count = reader.u16(60) || reader.u64(table + 32);
  if (table + count * SECTION_HEADER_BYTES > reader.size) return [];
  const names = reader.u64(table + reader.u16(62) * SECTION_HEADER_BYTES + 24);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * SECTION_HEADER_BYTES;
    return {
      name: index === 0 ? '' : reader.text(names + reader.u32(at)),
      address: reader.u64(at + 16),
      fileOffset: reader.u64(at + 24),
      fileBytes: reader.u32(at + 4) === SHT_NOBITS ? 0 : reader.u64(at + 32),
    };
  });
}

/** The virtual address, before relocation, that a byte of the file is loaded to. Null for what isn't loaded. */
export function addressOfOffset(elf: ElfFile, fileOffset: number): number | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD) continue;
    const distance = fileOffset - segment.fileOffset;
    if (distance >= 0 && distance < segment.fileBytes) return segment.address + distance;
  }
  return null;
}

/** The reverse of {@link addressOfOffset}. */
export function offsetOfAddress(elf: ElfFile, address: number): number | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD) continue;
    const distance = address - segment.address;
    if (distance >= 0 && distance < segment.fileBytes) return segment.fileOffset + distance;
  }
  return null;
}
