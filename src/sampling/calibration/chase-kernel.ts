import type { KernelName } from '../../model/calibration.js';
import type { Kernel } from './kernel.js';

const LINE_BYTES = 64;
const WORDS_PER_LINE = LINE_BYTES / Uint32Array.BYTES_PER_ELEMENT;

/**
 * A ring through all cache lines of a block of memory, each naming the next by its index in words. The order is that of
 * a linear congruential generator, whose period is its modulus (Hull and Dobell 1962: odd increment, multiplier 1
 * modulo 4, modulus a power of two). So the ring is written front to back, and no prefetcher can tell what comes next.
 * @param bytes a power of two, 256 or more
 */
export function lineRing(bytes: number): Uint32Array {
  const lines = bytes / LINE_BYTES;
  const ring = new Uint32Array(lines * WORDS_PER_LINE);
  for (let line = 0; line < lines; line++) {
    const next = (Math.imul(line, 1_664_525) + 1_013_904_223) & (lines - 1);
    ring[line * WORDS_PER_LINE] = next * WORDS_PER_LINE;
  }
  return ring;
}

/** Follow a ring: each load must have come back before the next one's address is known. */
export function chaseKernel(name: Extract<KernelName, `chase${string}`>, bytes: number): Kernel {
  const ring = lineRing(bytes);
  let at = 0;
  return {
    name,
    // What is to miss every cache needs no lap.
    ...(name === 'chaseMemory' ? {} : { lapSteps: ring.length / WORDS_PER_LINE }),
    run(steps) {
      let here = at;
      for (let step = 0; step < steps; step++) here = ring[here] ?? 0;
      at = here;
      return here;
    },
  };
}
