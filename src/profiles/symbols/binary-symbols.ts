import type { Frame } from '../../model/profile.js';
import type { ByteSource } from './elf/byte-reader.js';
import { addressOfOffset, readElf } from './elf/elf-file.js';
import { openFunctionStarts } from './elf/function-starts.js';
import { openGoFunctions } from './go-symbols/pclntab.js';

/** The function at an address. */
export type ResolvedSymbol = Pick<Frame, 'name' | 'file' | 'line' | 'kind'>;

/**
 * Resolves frames that the profiler's tool could not name.
 * @param module path of the binary, as the tool printed it
 * @param fileOffset of the instruction (or return address) in that file, in bytes; not a virtual address
 * @returns null if it can't do better
 */
export type SymbolResolver = (module: string, fileOffset: number) => ResolvedSymbol | null;

/**
 * Tells functions of a stripped binary apart by what strip leaves:
 * - Go functions by name, from the table that the Go runtime needs for its stack traces;
 * - others by where they start, `[unknown] 0x81d20`: still unknown, but each a frame of its own.
 *
 * Only the necessary parts of the binary are read.
 * @throws FormatError if it isn't a 64-bit little-endian ELF file
 */
export function openBinarySymbols(source: ByteSource): (fileOffset: number) => ResolvedSymbol | null {
  const elf = readElf(source);
  const goFunctions = openGoFunctions(elf);
  const starts = openFunctionStarts(elf);
  return (fileOffset) => {
    const address = addressOfOffset(elf, fileOffset);
    if (address === null) return null;
    const found = goFunctions?.functionAt(address);
    if (found) return { name: found.name, file: found.file, line: found.line, kind: 'go' };
    const start = starts?.startAt(address) ?? null;
    if (start === null) return null;
    return { name: `[unknown] 0x${start.toString(16)}`, file: null, line: null, kind: 'unknown' };
  };
}
