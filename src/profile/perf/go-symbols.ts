import { isAbsolute } from 'node:path';
import { addressOfOffset, type ElfFile, readElf } from '../../stacks/elf/elf-file.js';
import { type GoFunctionTable, openGoFunctions } from '../../stacks/go-symbols/pclntab.js';
import type { ResolvedSymbol, SymbolResolver } from '../../stacks/parse/symbol-resolver.js';
import { fileSource } from './file-source.js';

interface Program {
  elf: ElfFile;
  functions: GoFunctionTable;
  known: Map<number, ResolvedSymbol | null>;
}

/**
 * Names the functions of stripped Go programs, by the table that the Go runtime prints its own stack traces with.
 * Binaries are opened when first asked for, and only the parts that are needed are read. A binary that isn't there
 * any more, isn't Go or can't be read resolves nothing: its frames stay what the tool called them.
 */
export function goSymbolResolver(): SymbolResolver {
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
    const functions = openGoFunctions(elf);
    return functions && { elf, functions, known: new Map() };
  } catch {
    return null;
  }
}

function resolve({ elf, functions }: Program, fileOffset: number): ResolvedSymbol | null {
  try {
    const address = addressOfOffset(elf, fileOffset);
    const found = address === null ? null : functions.functionAt(address);
    return found && { name: found.name, file: found.file, line: found.line, kind: 'go' };
  } catch {
    return null;
  }
}
