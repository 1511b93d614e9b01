import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

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
