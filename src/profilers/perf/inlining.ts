import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { formatCount } from '../../lib/format.js';
import { buildIdOf, debugInfoBytes } from '../../profiles/symbols/elf/debug-info.js';
import { readElf } from '../../profiles/symbols/elf/elf-file.js';
import { fileSource } from './binary-symbols.js';

/**
 * perf has addr2line name the functions that were inlined at an address, and for each address that reads through the
 * debug information. Measured: see docs/profiling.md.
 */
const MAX_DEBUG_INFO_BYTES = 32 * 2 ** 20;

/** Where distributions keep debug information apart from programs. */
const DEBUG_FOLDER = '/usr/lib/debug/.build-id';

/** Paths of the files that processes have mapped to be executed; none of a process that is gone. */
export function executedFiles(pids: readonly number[]): Set<string> {
  const files = new Set<string>();
  for (const pid of pids) {
    for (const line of readMaps(pid).split('\n')) {
      // address perms offset dev inode path
      const [, path] = /^\S+ ..x. \S+ \S+ \S+ +(\/.*)$/.exec(line) ?? [];
      if (path !== undefined) files.add(path);
    }
  }
  return files;
}

function readMaps(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Why inlined functions can't be named in a bearable time: a program or library has too much debug information.
 * @returns null where they can
 */
export function inliningObstacle(files: Iterable<string>, maxBytes = MAX_DEBUG_INFO_BYTES): string | null {
  let largest = { file: '', bytes: 0 };
  for (const file of files) {
    const bytes = debugInfoOf(file);
    if (bytes > largest.bytes) largest = { file, bytes };
  }
  if (largest.bytes <= maxBytes) return null;
  return `${basename(largest.file)} has ${formatCount(largest.bytes / 2 ** 20)} MiB of debug information, in which perf would look up each address`;
}

/** Of the file itself, or of the file that has its debug information; 0 where neither can be read. */
function debugInfoOf(file: string): number {
  if (!isAbsolute(file) || file.endsWith(' (deleted)')) return 0;
  try {
    const elf = readElf(fileSource(file));
    const own = debugInfoBytes(elf);
    if (own > 0) return own;
    const id = buildIdOf(elf);
    const apart = `${DEBUG_FOLDER}/${id?.slice(0, 2)}/${id?.slice(2)}.debug`;
    return id !== null && existsSync(apart) ? debugInfoBytes(readElf(fileSource(apart))) : 0;
  } catch {
    // Not an ELF file, damaged, or gone.
    return 0;
  }
}
