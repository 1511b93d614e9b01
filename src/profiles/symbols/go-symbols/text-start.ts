import { addressOfOffset, type ElfFile, offsetOfAddress, PT_LOAD } from '../elf/elf-file.js';
import { pointerReader, relativeRelocations } from '../elf/relocated-pointers.js';
import type { PclntabHeader } from './pclntab-header.js';

/**
 * `runtime.moduledata` (GOROOT/src/runtime/symtab.go) begins alike since Go 1.16: a pointer to the table's header, six
 * slices of three words into it, of which the first is the names, a pointer, and then the first function's address
 * and the end of the last one.
 */
const MODULEDATA = { names: 8, minPc: 8 + 6 * 24 + 8, maxPc: 8 + 6 * 24 + 16, bytes: 0x100 } as const;
const POINTER_BYTES = 8;

/**
 * The address that the entries of a function table are counted from since Go 1.18: the symbol `runtime.text`.
 *
 * It stood in the table's header until Go 1.25; Go 1.26 keeps it in `runtime.moduledata` alone. It isn't simply where
 * `.text` begins: in a program with C code the C start-up code comes first. In large programs for POWER and 32-bit ARM
 * there may be several texts; those are not read here.
 * @returns null where it can't be found
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

/** Addresses at which there is a pointer to the table: in the file itself, or through a relocation. */
function* moduledataCandidates(elf: ElfFile, table: number): Generator<number> {
  // Its own section since Go 1.26.
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
