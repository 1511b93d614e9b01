import { Calibration, type KernelName } from '../../src/model/calibration.js';

/** What an ordinary machine takes, in nanoseconds a step. */
const ORDINARY: Record<KernelName, number> = {
  integer: 1.1,
  branches: 6,
  chaseL2: 4,
  chaseL3: 18,
  chaseMemory: 110,
  pageFault: 700,
  systemCall: 150,
  loopback: 18_000,
};

/** A calibration with these times of some kernels, and ordinary ones of the others. @param times CPU nanoseconds a step */
export function calibrationOf(times: Partial<Record<KernelName, number>> = {}): Calibration {
  const kernels = Object.entries({ ...ORDINARY, ...times }).map(([name, ns]) => [
    name,
    { steps: 12_000, slices: 12, cpuNs: { min: ns, median: ns * 1.05 }, wallNs: { min: ns, median: ns * 1.05 } },
  ]);
  return Calibration.parse({
    takenAt: '2026-04-01T10:00:00.000Z',
    cpus: null,
    kernels: Object.fromEntries(kernels),
    ringBytes: { chaseL2: 2 ** 18, chaseL3: 2 ** 22, chaseMemory: 2 ** 26 },
    pageFaults: 12_000,
  });
}
