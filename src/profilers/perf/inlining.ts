import { existsSync, readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { findInPath } from '../../lib/find-in-path.js';
import { formatCount } from '../../lib/format.js';
import { compiledProgram } from '../../lib/paths.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import { buildIdOf, debugInfoBytes } from '../../profiles/symbols/elf/debug-info.js';
import { readElf } from '../../profiles/symbols/elf/elf-file.js';
import { remoteProgramPath } from '../../remote/remote-program.js';
import { fileSource } from './binary-symbols.js';

/**
 * binutils' addr2line 2.40 reads all of it first: of a Rust program with 76 MiB, in 2.1 s of CPU time and 0.9 GB of
 * memory (and then needs 6 ms for each address). So this much takes some 3 GB.
 */
const MAX_DEBUG_INFO_BYTES = 256 * 2 ** 20;

/** Where distributions keep debug information apart from programs. */
const DEBUG_FOLDER = '/usr/lib/debug/.build-id';

/** How `perf script` is to name inlined functions. */
export interface Inlining {
  /** Files with debug information: the others can't have any. */
  files: string[];
  /** Why none can be named all the same; null where they can. */
  obstacle: string | null;
}

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

/** Which files can have inlined functions, and whether these can be named in a bearable time. */
export function planInlining(executed: Iterable<string>, maxBytes = MAX_DEBUG_INFO_BYTES): Inlining {
  const found = [...executed].flatMap(debugInfoOf);
  const files = found.map(({ file }) => file);
  if (files.length > 0 && findInPath('addr2line') === null) {
    return { files, obstacle: 'there is no addr2line (apt-get install binutils)' };
  }
  const largest = found.toSorted((a, b) => b.bytes - a.bytes)[0];
  if (largest === undefined || largest.bytes <= maxBytes) return { files, obstacle: null };
  const size = formatCount(largest.bytes / 2 ** 20);
  return {
    files,
    obstacle: `${basename(largest.file)} has ${size} MiB of debug information, which takes too long to read`,
  };
}

/** The file itself, or the one that has its debug information, by its name as perf has it; none where neither can be read. */
function debugInfoOf(file: string): { file: string; bytes: number }[] {
  if (!isAbsolute(file) || file.endsWith(' (deleted)')) return [];
  try {
    const elf = readElf(fileSource(file));
    const own = debugInfoBytes(elf);
    if (own > 0) return [{ file, bytes: own }];
    const id = buildIdOf(elf);
    const apart = `${DEBUG_FOLDER}/${id?.slice(0, 2)}/${id?.slice(2)}.debug`;
    if (id === null || !existsSync(apart)) return [];
    const bytes = debugInfoBytes(readElf(fileSource(apart)));
    return bytes > 0 ? [file, apart].map((name) => ({ file: name, bytes })) : [];
  } catch {
    // Not an ELF file, damaged, or gone.
    return [];
  }
}

/**
 * An addr2line for `perf script` that answers what has no answer at once: see remote-programs/addr2line.sh.
 * @param files that have debug information
 * @returns what to add to perf's environment, and how to remove it again
 */
export async function quickAddr2line(
  files: readonly string[],
): Promise<{ environment: Record<string, string>; remove(): Promise<void> }> {
  const folder = await temporaryFolder();
  const list = join(folder.path, 'inlined');
  await writeFile(list, files.map((file) => `${file}\n`).join(''));
  await symlink(remoteProgramPath('addr2line.sh'), join(folder.path, 'addr2line'));
  return {
    environment: {
      PATH: `${folder.path}:${process.env.PATH ?? ''}`,
      GATEBENCH_INLINED: list,
      GATEBENCH_NODE: process.execPath,
      GATEBENCH_PROXY: compiledProgram('src/profilers/perf/addr2line-proxy'),
      GATEBENCH_ADDR2LINE: findInPath('addr2line') ?? 'addr2line',
    },
    remove: folder.remove,
  };
}
