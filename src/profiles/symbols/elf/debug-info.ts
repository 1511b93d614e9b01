import type { ElfFile, ElfSection } from './elf-file.js';

/** DWARF's description of functions and what was inlined into them; `.zdebug_info` is GNU's old name of a compressed one. */
const SECTION = /^\.z?debug_info$/;
/** `ch_size` of Elf64_Chdr, at the start of a compressed section (gABI, "Compressed sections"). */
const CHDR_SIZE_OFFSET = 8;

/**
 * How much debug information a file has, in bytes, as it is once it is decompressed. Whoever asks which functions are
 * inlined at an address has to read through it.
 */
export function debugInfoBytes(elf: ElfFile): number {
  return elf.sections
    .filter(({ name }) => SECTION.test(name))
    .reduce((sum, section) => sum + wholeBytes(elf, section), 0);
}

function wholeBytes({ reader }: ElfFile, { compressed, fileBytes, fileOffset }: ElfSection): number {
  return compressed && fileBytes > CHDR_SIZE_OFFSET + 8 ? reader.u64(fileOffset + CHDR_SIZE_OFFSET) : fileBytes;
}

const NT_GNU_BUILD_ID = 3;
const NOTE_HEADER_BYTES = 12;
/** Longer than any hash that linkers make. */
const MAX_BUILD_ID_BYTES = 64;

/** The build id, in lower-case hex: the name under which a distribution keeps a file's debug information. Null without one. */
export function buildIdOf({ reader, sections }: ElfFile): string | null {
  const note = sections.find(({ name }) => name === '.note.gnu.build-id');
  if (!note || note.fileBytes < NOTE_HEADER_BYTES) return null;
  const [nameBytes, idBytes, type] = [0, 4, 8].map((at) => reader.u32(note.fileOffset + at));
  if (type !== NT_GNU_BUILD_ID || nameBytes === undefined || idBytes === undefined) return null;
  const from = NOTE_HEADER_BYTES + Math.ceil(nameBytes / 4) * 4;
  if (idBytes > MAX_BUILD_ID_BYTES || from + idBytes > note.fileBytes) return null;
  const bytes = Array.from({ length: idBytes }, (_, index) => reader.u8(note.fileOffset + from + index));
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
