import { type ElfFile, offsetOfAddress } from './elf-file.js';

const PT_GNU_EH_FRAME = 0x6474e550;
/** `DW_EH_PE` encodings that GNU ld and lld use: a count, and 4-byte offsets from the field itself or the header. */
const ENCODING = { count: 0x03, fromPlace: 0x1b, fromHeader: 0x3b } as const;
const ENTRY_BYTES = 8;

/** Where functions begin, for programs without symbols. */
interface FunctionStarts {
  /** The start of the function at an address; null if none is known. */
  startAt(address: number): number | null;
}

/**
 * Reads the search table of `.eh_frame_hdr` (Linux Standard Base, "Exception Frames"), made for exceptions and debuggers.
 * It lists every function of compiled C and C++, static ones too, without names. It is loaded with the program, so
 * strip keeps it.
 * @returns null if there is no table in the usual encoding
 */
export function openFunctionStarts(elf: ElfFile): FunctionStarts | null {
  const header = elf.segments.find(({ type }) => type === PT_GNU_EH_FRAME);
  if (!header || header.fileBytes < 12) return null;
  const { reader } = elf;
  const at = header.fileOffset;
  const [version, framesEncoding, countEncoding, tableEncoding] = [0, 1, 2, 3].map((byte) => reader.u8(at + byte));
  if (version !== 1 || framesEncoding !== ENCODING.fromPlace) return null;
  if (countEncoding !== ENCODING.count || tableEncoding !== ENCODING.fromHeader) return null;
  const count = reader.u32(at + 8);
  const table = at + 12;
  if (12 + count * ENTRY_BYTES > header.fileBytes) return null;
  const start = (index: number) => header.address + reader.i32(table + index * ENTRY_BYTES);

  return {
    startAt(address) {
      let low = 0;
      let high = count;
      if (count === 0 || address < start(0)) return null;
      // Find the last function that starts at or before the address.
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (start(middle) <= address) low = middle;
        else high = middle;
      }
      const found = start(low);
      const frame = header.address + reader.i32(table + low * ENTRY_BYTES + 4);
      return address < found + functionBytes(elf, frame, found) ? found : null;
    },
  };
}

/** The size of a function, from its frame description entry: length, CIE pointer, start and size. */
function functionBytes(elf: ElfFile, frame: number, start: number): number {
  const at = offsetOfAddress(elf, frame);
  if (at === null) return 0;
  // If the start doesn't match, the encoding is another one and the size is unknown.
  return frame + 8 + elf.reader.i32(at + 8) === start ? elf.reader.u32(at + 12) : 0;
}
