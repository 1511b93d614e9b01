import { writeSync } from 'node:fs';
import type { Calibration, KernelName, KernelTime } from '../../model/calibration.js';
import { chaseKernel } from './chase-kernel.js';
import { branchesKernel, integerKernel } from './compute-kernels.js';
import type { Kernel } from './kernel.js';
import { minorFaults, pageFaultKernel, systemCallKernel } from './kernel-calls.js';
import { loopbackKernel } from './loopback-kernel.js';
import { measureKernel } from './measure-kernel.js';
import { readCacheSizes, ringSizes } from './ring-sizes.js';

/**
 * The program that calibrates: it measures every kernel once, writes the result to stdout as JSON, and is gone, so that
 * nothing of it runs or holds memory while a gateway is measured. Its argument is the list of CPUs it was pinned to.
 */
const ringBytes = ringSizes(readCacheSizes());
const kernels: Record<KernelName, () => Kernel | Promise<Kernel>> = {
  integer: integerKernel,
  branches: branchesKernel,
  chaseL2: () => chaseKernel('chaseL2', ringBytes.chaseL2),
  chaseL3: () => chaseKernel('chaseL3', ringBytes.chaseL3),
  chaseMemory: () => chaseKernel('chaseMemory', ringBytes.chaseMemory),
  pageFault: pageFaultKernel,
  systemCall: systemCallKernel,
  loopback: loopbackKernel,
};

let pageFaults: number | null = null;

async function timeOf(make: () => Kernel | Promise<Kernel>): Promise<KernelTime> {
  const kernel = await make();
  const before = minorFaults();
  const time = await measureKernel(kernel);
  const after = minorFaults();
  if (kernel.name === 'pageFault' && before !== null && after !== null) pageFaults = after - before;
  kernel.close?.();
  return time;
}

const result: Calibration = {
  takenAt: new Date().toISOString(),
  cpus: process.argv[2] ?? null,
  kernels: {
    integer: await timeOf(kernels.integer),
    branches: await timeOf(kernels.branches),
    chaseL2: await timeOf(kernels.chaseL2),
    chaseL3: await timeOf(kernels.chaseL3),
    chaseMemory: await timeOf(kernels.chaseMemory),
    pageFault: await timeOf(kernels.pageFault),
    systemCall: await timeOf(kernels.systemCall),
    loopback: await timeOf(kernels.loopback),
  },
  ringBytes,
  pageFaults,
};
writeSync(1, JSON.stringify(result));
