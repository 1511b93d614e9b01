import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { sourceOf } from '../../src/profiles/symbols/elf/byte-reader.js';
import { type ElfFile, readElf } from '../../src/profiles/symbols/elf/elf-file.js';

export const GO_SYMBOLS = new URL('../fixtures/profiles/go-symbols/', import.meta.url).pathname;

/** A fixture's bytes, to be read or damaged. */
export function goProgramBytes(name: string): Uint8Array {
  return Uint8Array.from(brotliDecompressSync(readFileSync(`${GO_SYMBOLS}${name}.elf.br`)));
}

export function elfOf(bytes: Uint8Array): ElfFile {
  return readElf(sourceOf(bytes));
}

/** What Go says of a function; empty where it doesn't. */
export interface TrueFunction {
  entry: number;
  name: string;
  file: string;
  line: string;
}

/** What `truth.go` prints. */
export function trueFunctions(text: string): TrueFunction[] {
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [entry = '', name = '', file = '', line = ''] = row.split('\t');
      return { entry: Number.parseInt(entry, 16), name, file, line };
    });
}

export function goTruth(name: string): TrueFunction[] {
  return trueFunctions(brotliDecompressSync(readFileSync(`${GO_SYMBOLS}${name}.functions.tsv.br`)).toString());
}
