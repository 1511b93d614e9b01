import { type ElfFile, offsetOfAddress, PT_DYNAMIC } from './elf-file.js';

const DT_RELA = 7;
const DT_RELASZ = 8;
const DYNAMIC_ENTRY_BYTES = 16;
const RELA_BYTES = 24;
/** `R_<machine>_RELATIVE` by `e_machine`: load address plus addend, the relocation of pointers into the own file. */
const RELATIVE_TYPE = new Map([
  [62, 8], // x86-64
  [183, 1027], // AArch64
  [243, 3], // RISC-V
]);

/**
 * The relative relocations of a position-independent file. GNU ld leaves the pointers in such a file zero and keeps
 * their values here only; Go's own linker writes them in both places.
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

/** The relocations of the addresses from `from` up to `to`. */
export function relocationsWithin(elf: ElfFile, from: number, to: number): Map<number, number> {
  const found = new Map<number, number>();
  for (const { address, value } of relativeRelocations(elf)) {
    if (address >= from && address < to) found.set(address, value);
  }
  return found;
}

/** Reads pointers of one range of addresses as the loader leaves them, less the load address. */
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
