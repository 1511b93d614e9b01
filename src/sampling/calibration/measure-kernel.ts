import type { KernelTime } from '../../model/calibration.js';
import type { Kernel } from './kernel.js';

/** CPU of a kernel in all: 12 slices of 5 ms. One moment's interruption spoils a slice, and the median doesn't see it. */
const SLICES = 12;
const SLICE_US = 5_000;
/** A kernel runs so long before it counts: longer than V8 takes to compile a loop in its fastest form. */
const WARM_UP_US = 12_000;

/** CPU and wall-clock time of this process. */
export interface Clocks {
  cpuUs(): number;
  wallUs(): number;
}

const processClocks: Clocks = {
  cpuUs: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  wallUs: () => performance.now() * 1000,
};

/** Warm a kernel up, find how many steps a slice takes, and measure it, a slice at a time. */
export async function measureKernel(kernel: Kernel, clocks: Clocks = processClocks): Promise<KernelTime> {
  const perSlice = await warmUp(kernel, clocks);
  const cpuNs: number[] = [];
  const wallNs: number[] = [];
  for (let slice = 0; slice < SLICES; slice++) {
    const took = await timed(kernel, perSlice, clocks);
    cpuNs.push((took.cpuUs * 1000) / perSlice);
    wallNs.push((took.wallUs * 1000) / perSlice);
  }
  return { steps: perSlice * SLICES, slices: SLICES, cpuNs: spread(cpuNs), wallNs: spread(wallNs) };
}

/** @returns steps of a slice */
async function warmUp(kernel: Kernel, clocks: Clocks): Promise<number> {
  let steps = 64;
  let spentUs = 0;
  let stepUs = 0;
  while (spentUs < WARM_UP_US) {
    const { cpuUs } = await timed(kernel, steps, clocks);
    spentUs += cpuUs;
    stepUs = cpuUs / steps;
    if (cpuUs < SLICE_US / 4) steps *= 2;
    // What can be used up is not for warming up.
    if (kernel.stepsLeft !== undefined && cpuUs > 500) break;
  }
  const affordable = kernel.stepsLeft === undefined ? Infinity : Math.floor(kernel.stepsLeft() / SLICES);
  return Math.max(1, Math.min(affordable, Math.round(SLICE_US / stepUs)));
}

async function timed(kernel: Kernel, steps: number, clocks: Clocks): Promise<{ cpuUs: number; wallUs: number }> {
  const wallUs = clocks.wallUs();
  const cpuUs = clocks.cpuUs();
  const ran = kernel.run(steps);
  // Awaiting a number would put a turn of the event loop into the time.
  if (typeof ran !== 'number') await ran;
  return { cpuUs: clocks.cpuUs() - cpuUs, wallUs: clocks.wallUs() - wallUs };
}

function spread(values: readonly number[]): { min: number; median: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median };
}
