import { performance } from 'node:perf_hooks';

/** `performance.now()` counts from the process's own start: this is that start on the machine's clock. */
const ORIGIN_US = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;

/**
 * Microseconds on the machine's monotonic clock, the same for every process of this machine, so that a parent and
 * its workers can agree on a moment. `performance.now()` reads the same clock as `process.hrtime` without a BigInt.
 */
export function monotonicUs(): number {
  return ORIGIN_US + performance.now() * 1000;
}
