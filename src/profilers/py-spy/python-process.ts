import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { readProcessTable } from '../../lib/process-table.js';

const INTERPRETER = /^(?:python|pypy)[\d.]*$/;
const LIBRARY = /\/libpython\d[^/]*\.so/;

/** True for a process that runs CPython: by its program, or by the library of a program that embeds it. */
export function isPython(pid: number): boolean {
  try {
    if (INTERPRETER.test(basename(readlinkSync(`/proc/${pid}/exe`)))) return true;
    return LIBRARY.test(readFileSync(`/proc/${pid}/maps`, 'latin1'));
  } catch {
    // Gone, or not ours to look into.
    return false;
  }
}

/** Those of some processes that none of the others started: what `--subprocesses` begins at. */
export function topmost(pids: readonly number[], table = readProcessTable()): number[] {
  const parents = new Map(table.map(({ pid, parentPid }) => [pid, parentPid]));
  return pids.filter((pid) => !pids.includes(parents.get(pid) ?? -1));
}
