import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { openBinarySymbols, type ResolvedSymbol, type SymbolResolver } from '../../profiles/symbols/binary-symbols.js';
import type { ByteSource } from '../../profiles/symbols/elf/byte-reader.js';

/** Resolves nothing, for binaries that don't exist any more or can't be read: their frames keep the tool's names. */
const UNREADABLE = () => null;

/** Resolves functions of stripped binaries. A binary is opened when its first symbol is requested. */
export function binarySymbolResolver(): SymbolResolver {
  const programs = new Map<string, SymbolCache>();
  return (module, fileOffset) => {
    let program = programs.get(module);
    if (program === undefined) {
      program = new SymbolCache(openProgram(module));
      programs.set(module, program);
    }
    return program.resolve(fileOffset);
  };
}

class SymbolCache {
  readonly #known = new Map<number, ResolvedSymbol | null>();

  constructor(private readonly symbolAt: (fileOffset: number) => ResolvedSymbol | null) {}

  resolve(fileOffset: number): ResolvedSymbol | null {
    const known = this.#known.get(fileOffset);
    if (known !== undefined) return known;
    const symbol = this.#read(fileOffset);
    this.#known.set(fileOffset, symbol);
    return symbol;
  }

  #read(fileOffset: number): ResolvedSymbol | null {
    try {
      return this.symbolAt(fileOffset);
    } catch {
      return null;
    }
  }
}

function openProgram(module: string): (fileOffset: number) => ResolvedSymbol | null {
  // `[vdso]`, `/tmp/perf-1.map`; and `/usr/bin/x (deleted)`, which may be another program by now.
  if (!isAbsolute(module) || module.endsWith('.map') || module.endsWith(' (deleted)')) return UNREADABLE;
  try {
    return openBinarySymbols(fileSource(module));
  } catch {
    return UNREADABLE;
  }
}

/**
 * A file that is read in a few places, 64 KiB at a time. It is opened for each read, so there is nothing to close.
 * @throws Error of node:fs if the file doesn't exist
 */
export function fileSource(path: string): ByteSource {
  return {
    size: statSync(path).size,
    read(offset, length) {
      const file = openSync(path, 'r');
      try {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
      } finally {
        closeSync(file);
      }
    },
  };
}
