import type { Kernel } from './kernel.js';

const PAGE_BYTES = 4096;
/** More than glibc ever takes from memory that was in use before (its mmap threshold is at most 32 MiB), so every page is fresh. */
const FRESH_BYTES = 128 * 2 ** 20;

/** First touches of pages. The block is never given back, so each page is used once. */
export function pageFaultKernel(): Kernel & { faults(): number } {
  const block = new Uint8Array(FRESH_BYTES);
  let next = 0;
  let faults = 0;
  return {
    name: 'pageFault',
    run(steps) {
      const end = Math.min(FRESH_BYTES, next + steps * PAGE_BYTES);
      const before = minorFaults();
      for (; next < end; next += PAGE_BYTES) block[next] = 1;
      faults += minorFaults() - before;
      return next;
    },
    stepsLeft: () => (FRESH_BYTES - next) / PAGE_BYTES,
    /** Minor faults that the system counted in this process meanwhile, warm-up included. */
    faults: () => faults,
  };
}

/** Of this process so far, as getrusage(2) has them. */
function minorFaults(): number {
  return process.resourceUsage().minorPageFault;
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
