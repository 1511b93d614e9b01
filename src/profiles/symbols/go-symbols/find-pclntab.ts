import { type ElfFile, PT_LOAD } from '../elf/elf-file.js';
import { isPclntabMagic, type PclntabHeader, readPclntabHeader } from './pclntab-header.js';

/** The second is what position-independent programs had it in before Go 1.26. */
const SECTIONS = ['.gopclntab', '.data.rel.ro.gopclntab'];
/** The linker aligns the table to a pointer at least. */
const ALIGNMENT_BYTES = 8;

/** The header of a Go program's function table, or null where there is none, as in a program that isn't Go. */
export function findPclntab(elf: ElfFile): PclntabHeader | null {
  for (const name of SECTIONS) {
    const section = elf.sections.find((candidate) => candidate.name === name && candidate.fileBytes > 0);
    const header = section && readPclntabHeader(elf.reader, section.fileOffset);
    if (header) return header;
  }
  return mayHoldUnnamedTable(elf) ? search(elf) : null;
}

/**
 * Only two sorts of Go program have no section of this name: those without section headers, and position-independent
 * ones that the C linker put together, which merges it into `.data.rel.ro`. Go programs are told by `.go.buildinfo`,
 * so that the other binaries of a machine are not read from end to end.
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
