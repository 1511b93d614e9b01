import type { KernelName, KernelTime } from '../../model/calibration.js';
import type { Kernel } from './kernel.js';

/**
 * CPU of a kernel in all: 12 slices of 5 ms, four in each of three rounds. The rounds spread a kernel's slices over the
 * whole calibration: what shares a core with this machine comes and goes within tenths of a second, and its least slice
 * is one that it hardly disturbed.
 */
const ROUNDS = 3;
const SLICES_PER_ROUND = 4;
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

/** A kernel that is warm, and what its slices have taken so far. */
interface Measured {
  kernel: Kernel;
  stepsPerSlice: number;
  cpuNs: number[];
  wallNs: number[];
}

/**
 * Warm kernels up, find how many steps a slice of each takes, and measure them by turns.
 * @returns what each took
 */
export async function measureKernels(
  kernels: readonly Kernel[],
  clocks: Clocks = processClocks,
): Promise<Map<KernelName, KernelTime>> {
  const measured: Measured[] = [];
  for (const kernel of kernels) {
    measured.push({ kernel, stepsPerSlice: await warmUp(kernel, clocks), cpuNs: [], wallNs: [] });
  }
  for (let round = 0; round < ROUNDS; round++) for (const each of measured) await measureRound(each, clocks);
  return new Map(measured.map((each) => [each.kernel.name, timeOf(each)]));
}

function timeOf({ stepsPerSlice, cpuNs, wallNs }: Measured): KernelTime {
  const slices = cpuNs.length;
  return { steps: stepsPerSlice * slices, slices, cpuNs: spread(cpuNs), wallNs: spread(wallNs) };
}

async function measureRound({ kernel, stepsPerSlice, cpuNs, wallNs }: Measured, clocks: Clocks): Promise<void> {
  // The kernel before has emptied the caches.
  if (kernel.stepsLeft === undefined) await timed(kernel, Math.max(stepsPerSlice, kernel.lapSteps ?? 0), clocks);
  for (let slice = 0; slice < SLICES_PER_ROUND; slice++) {
    const took = await timed(kernel, stepsPerSlice, clocks);
    cpuNs.push((took.cpuUs * 1000) / stepsPerSlice);
    wallNs.push((took.wallUs * 1000) / stepsPerSlice);
  }
}

/** @returns steps of a slice */
async function warmUp(kernel: Kernel, clocks: Clocks): Promise<number> {
  const warmUpUs = kernel.warmUpUs ?? WARM_UP_US;
  let steps = 64;
  // The first call of all is slow in ways of its own.
  await timed(kernel, kernel.lapSteps ?? steps, clocks);
  let spentUs = 0;
  let stepUs = 0;
  while (spentUs < warmUpUs) {
    const { cpuUs } = await timed(kernel, steps, clocks);
    spentUs += cpuUs;
    stepUs = cpuUs / steps;
    if (cpuUs < SLICE_US / 4) steps *= 2;
    // What can be used up is not for warming up.
    if (kernel.stepsLeft !== undefined && cpuUs >= SLICE_US / 4) break;
  }
  const affordable =
    kernel.stepsLeft === undefined ? Infinity : Math.floor(kernel.stepsLeft() / (ROUNDS * SLICES_PER_ROUND));
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
