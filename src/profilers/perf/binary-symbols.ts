import { isAbsolute } from 'node:path';
import { addressOfOffset, type ElfFile, readElf } from '../../profiles/symbols/elf/elf-file.js';
import { type FunctionStarts, openFunctionStarts } from '../../profiles/symbols/elf/function-starts.js';
import { type GoFunctionTable, openGoFunctions } from '../../profiles/symbols/go-symbols/pclntab.js';
import type { ResolvedSymbol, SymbolResolver } from '../../profiles/symbols/symbol-resolver.js';
import { fileSource } from './file-source.js';

interface Program {
  elf: ElfFile;
  goFunctions: GoFunctionTable | null;
  starts: FunctionStarts | null;
  known: Map<number, ResolvedSymbol | null>;
}

/**
 * Tells functions apart that perf can't name, from what strip leaves in a binary:
 * - those of Go programs by name, from the table that the Go runtime prints its own stack traces with;
 * - others by where they begin, `[unknown] 0x81d20`: still unknown, but each a frame of its own.
 *
 * Binaries are opened when first asked for, and only the parts that are needed are read. A binary that isn't there
 * any more or can't be read resolves nothing: its frames stay what the tool called them.
 */
export function binarySymbolResolver(): SymbolResolver {
  const programs = new Map<string, Program | null>();
  return (module, fileOffset) => {
    let program = programs.get(module);
    if (program === undefined) {
      program = openProgram(module);
      programs.set(module, program);
    }
    if (!program) return null;
    const known = program.known.get(fileOffset);
    if (known !== undefined) return known;
    const symbol = resolve(program, fileOffset);
    program.known.set(fileOffset, symbol);
    return symbol;
  };
}

function openProgram(module: string): Program | null {
  // `[vdso]`, `/tmp/perf-1.map`; and `/usr/bin/x (deleted)`, in whose place another program may be now.
  if (!isAbsolute(module) || module.endsWith('.map') || module.endsWith(' (deleted)')) return null;
  try {
    const elf = readElf(fileSource(module));
    return { elf, goFunctions: openGoFunctions(elf), starts: openFunctionStarts(elf), known: new Map() };
  } catch {
    return null;
  }
}

function resolve({ elf, goFunctions, starts }: Program, fileOffset: number): ResolvedSymbol | null {
  try {
    const address = addressOfOffset(elf, fileOffset);
    if (address === null) return null;
    const found = goFunctions?.functionAt(address);
    if (found) return { name: found.name, file: found.file, line: found.line, kind: 'go' };
    const start = starts?.startAt(address) ?? null;
    if (start === null) return null;
    return { name: `[unknown] 0x${start.toString(16)}`, file: null, line: null, kind: 'unknown' };
  } catch {
    return null;
  }
}
