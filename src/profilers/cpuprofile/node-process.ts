import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';

const NODE_NAME = /^node(?:js)?(?:-?v?\d[\d.]*)?$/;
/** Debian's node is a small program, with all of it in a library. */
const NODE_LIBRARY = /\/libnode\.so/;
/** What every program with Node in it exports, so that add-ons can be loaded. */
const NODE_SYMBOL = 'node_module_register';

/**
 * True for a process that runs Node. Asked before it is sent SIGUSR1, by which Node opens its inspector, and which
 * ends a program that doesn't expect it. By the program's name, and for one of another name (a bundle) by a symbol.
 */
export function isNode(pid: number): boolean {
  try {
    if (NODE_NAME.test(basename(readlinkSync(`/proc/${pid}/exe`)))) return true;
    if (NODE_LIBRARY.test(readFileSync(`/proc/${pid}/maps`, 'latin1'))) return true;
    return readFileSync(`/proc/${pid}/exe`).includes(NODE_SYMBOL);
  } catch {
    // Gone, or not ours to look into.
    return false;
  }
}

/** Whether a process catches SIGUSR1, by its mask of caught signals (proc(5)): Node doesn't with --disable-sigusr1. */
export function waitsForSigusr1(pid: number): boolean {
  try {
    const [, caught] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return caught !== undefined && ((BigInt(`0x${caught}`) >> BigInt(constants.signals.SIGUSR1 - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}
