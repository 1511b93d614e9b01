import {
  addressOfOffset,
  type ElfFile,
  offsetOfAddress,
  PT_LOAD,
  pointerReader,
  relativeRelocations,
} from '../elf/elf-file.js';
import type { PclntabHeader } from './pclntab-header.js';

/**
 * Since Go 1.16 `runtime.moduledata` (GOROOT/src/runtime/symtab.go) has always started with a pointer to the table's
 * header, six slices of three words into the table (the first one is the names), a pointer, the first function's address
 * and the end of the last function.
 */
const MODULEDATA = { names: 8, minPc: 8 + 6 * 24 + 8, maxPc: 8 + 6 * 24 + 16, bytes: 0x100 } as const;
const POINTER_BYTES = 8;

/**
 * Finds the base address of the entries of a function table since Go 1.18: the symbol `runtime.text`.
 *
 * Up to Go 1.25 it is in the table's header; Go 1.26 keeps it only in `runtime.moduledata`. It isn't the start of `.text`:
 * in programs with C code the C start-up code comes first. Large programs for POWER and 32-bit ARM may have several
 * text sections, which isn't supported.
 * @returns null if it can't be found
 */
export function findTextStart(elf: ElfFile, header: PclntabHeader): number | null {
  const table = addressOfOffset(elf, header.start);
  if (table === null || header.textStartField === null) return null;
  const field = table + (header.textStartField - header.start);
  const stated = pointerReader(elf, field, field + POINTER_BYTES)(field);
  if (stated !== 0) return stated;
  const firstEntry = elf.reader.u32(header.functionTable);
  const end = elf.reader.u32(header.functionTable + header.functionCount * 2 * header.fieldBytes);
  for (const moduledata of moduledataCandidates(elf, table)) {
    const pointer = pointerReader(elf, moduledata, moduledata + MODULEDATA.bytes);
    if (pointer(moduledata + MODULEDATA.names) !== table + (header.names - header.start)) continue;
    const textStart = pointer(moduledata + MODULEDATA.minPc) - firstEntry;
    if (pointer(moduledata + MODULEDATA.maxPc) === textStart + end) return textStart;
  }
  return null;
}

/** Addresses with a pointer to the table, in the file itself or by relocation. */
function* moduledataCandidates(elf: ElfFile, table: number): Generator<number> {
  // Since Go 1.26 it has its own section.
  const section = elf.sections.find(({ name }) => name === '.go.module');
  if (section) yield section.address;
  for (const { address, value } of relativeRelocations(elf)) if (value === table) yield address;
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD || !segment.writable) continue;
    const first = Math.ceil(segment.address / POINTER_BYTES) * POINTER_BYTES;
    const end = segment.address + segment.fileBytes - MODULEDATA.bytes;
    for (let address = first; address < end; address += POINTER_BYTES) {
      const offset = offsetOfAddress(elf, address);
      if (offset !== null && elf.reader.u64(offset) === table) yield address;
    }
  }
}
