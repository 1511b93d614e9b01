import { writeSync } from 'node:fs';
import { chaseKernel } from './chase-kernel.js';
import { branchesKernel, integerKernel } from './compute-kernels.js';
import { pageFaultKernel, systemCallKernel } from './kernel-calls.js';
import { loopbackKernel } from './loopback-kernel.js';
import { measureKernels } from './measure-kernels.js';
import { readCacheSizes, ringSizes } from './ring-sizes.js';

/**
 * The program that calibrates: it measures every kernel, writes a `Calibration` to stdout as JSON, and is gone, so that
 * nothing of it runs or holds memory while a gateway is measured. Its argument is the list of CPUs it was pinned to.
 */
const takenAt = new Date().toISOString();
const ringBytes = ringSizes(readCacheSizes());
const pageFault = pageFaultKernel();
const loopback = await loopbackKernel();
const times = await measureKernels([
  integerKernel(),
  branchesKernel(),
  chaseKernel('chaseL2', ringBytes.chaseL2),
  chaseKernel('chaseL3', ringBytes.chaseL3),
  chaseKernel('chaseMemory', ringBytes.chaseMemory),
  pageFault,
  systemCallKernel(),
  loopback,
]);
loopback.close?.();
const cpus = process.argv[2] ?? null;
const kernels = Object.fromEntries(times);
writeSync(1, JSON.stringify({ takenAt, cpus, kernels, ringBytes, pageFaults: pageFault.faults() }));
