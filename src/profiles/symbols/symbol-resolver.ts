import type { Frame } from '../../model/profile.js';

/** What a resolver knows of an address: the function that holds it. */
export type ResolvedSymbol = Pick<Frame, 'name' | 'file' | 'line' | 'kind'>;

/**
 * Asked for frames that the profiler's own tool could not name.
 * @param module path of the binary, as the tool printed it
 * @param fileOffset of the instruction (or return address) in that file, in bytes. Not a virtual address: convert
 *   through the ELF file's PT_LOAD headers (vaddr = fileOffset - p_offset + p_vaddr).
 * @returns null where it knows no better
 */
export type SymbolResolver = (module: string, fileOffset: number) => ResolvedSymbol | null;
