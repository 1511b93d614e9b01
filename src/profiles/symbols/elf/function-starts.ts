import { type ElfFile, offsetOfAddress } from './elf-file.js';

const PT_GNU_EH_FRAME = 0x6474e550;
/** `DW_EH_PE` encodings that GNU ld and lld write: a count, and 4-byte offsets from the place itself or the header. */
const ENCODING = { count: 0x03, fromPlace: 0x1b, fromHeader: 0x3b } as const;
const ENTRY_BYTES = 8;

/** Where the functions of a program begin, in programs that say nothing else of them. */
export interface FunctionStarts {
  /** Address of the first instruction of the function that holds an address; null where none is known to. */
  startAt(address: number): number | null;
}

/**
 * By the search table of `.eh_frame_hdr` (Linux Standard Base, "Exception Frames"), which exceptions and debuggers
 * unwind by: it has every function of compiled C and C++, static ones too, and is loaded with the program, so that
 * strip leaves it. It has no names.
 * @returns null where there is none of the usual encoding
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
      // The last function that begins at or before the address.
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

/** Size of a function, from its frame description: length, common entry, then beginning and size. */
function functionBytes(elf: ElfFile, frame: number, start: number): number {
  const at = offsetOfAddress(elf, frame);
  if (at === null) return 0;
  // Where the beginning isn't what it should be, it is of another encoding, and the size is unknown.
  return frame + 8 + elf.reader.i32(at + 8) === start ? elf.reader.u32(at + 12) : 0;
}
