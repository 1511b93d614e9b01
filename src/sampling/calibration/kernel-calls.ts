import { readFileSync } from 'node:fs';
import type { Kernel } from './kernel.js';

const PAGE_BYTES = 4096;
/** More than glibc ever takes from memory that was in use before (its mmap threshold is at most 32 MiB), so every page is fresh. */
const FRESH_BYTES = 128 * 2 ** 20;

/** First touches of pages. The block is never given back, so each page is used once. */
export function pageFaultKernel(): Kernel {
  const block = new Uint8Array(FRESH_BYTES);
  let next = 0;
  return {
    name: 'pageFault',
    run(steps) {
      const end = Math.min(FRESH_BYTES, next + steps * PAGE_BYTES);
      for (; next < end; next += PAGE_BYTES) block[next] = 1;
      return next;
    },
    stepsLeft: () => (FRESH_BYTES - next) / PAGE_BYTES,
  };
}

/** Minor page faults of this process so far, from `/proc/self/stat`; null could not be read. See proc_pid_stat(5). */
export function minorFaults(): number | null {
  try {
    const text = readFileSync('/proc/self/stat', 'latin1');
    // minflt is field 10; what follows the command's name begins with the third.
    const faults = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[7]);
    return Number.isNaN(faults) ? null : faults;
  } catch {
    return null;
  }
}

/** getuid(2), which neither Node nor the C library caches: the way into the kernel and back, with little of Node around it. */
export function systemCallKernel(): Kernel {
  const getuid = process.getuid ?? (() => 0);
  return {
    name: 'systemCall',
    run(steps) {
      let sum = 0;
      for (let step = 0; step < steps; step++) sum += getuid();
      return sum;
    },
  };
}
