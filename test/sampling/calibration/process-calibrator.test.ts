import { describe, expect, it } from 'vitest';
import { canPin, readTopology } from '../../../src/gateway/placement.js';
import { KernelName } from '../../../src/model/calibration.js';
import { processCalibrator } from '../../../src/sampling/calibration/process-calibrator.js';

const never = new AbortController().signal;
const cpu = String(readTopology()?.allowed.at(-1));
if (!canPin()) process.stderr.write('\nSKIPPED on this machine: calibration on given CPUs: no taskset\n');

describe('the calibrator', () => {
  it('measures every kernel, of which one that leaves a cache is slower than one that fits', async () => {
    const { kernels, pageFaults } = await processCalibrator.calibrate(null, never);
    for (const name of KernelName.options) {
      const { cpuNs, wallNs, steps } = kernels[name];
      expect(cpuNs.min, name).toBeGreaterThan(0);
      expect(cpuNs.median, name).toBeGreaterThanOrEqual(cpuNs.min);
      expect(wallNs.min, name).toBeGreaterThan(0.5 * cpuNs.min);
      expect(steps, name).toBeGreaterThanOrEqual(12);
    }
    const median = (name: KernelName) => kernels[name].cpuNs.median;
    // Where neighbours have the shared cache, L3 is as slow as memory.
    expect(median('chaseL3')).toBeGreaterThan(0.7 * median('chaseL2'));
    expect(median('chaseMemory')).toBeGreaterThan(1.5 * median('chaseL2'));
    expect(median('systemCall')).toBeGreaterThan(5 * median('integer'));
    expect(median('loopback')).toBeGreaterThan(10 * median('systemCall'));
    // As many faults as pages; with huge pages for everything, fewer.
    expect(pageFaults).toBeGreaterThan(0);
  });

  it.skipIf(!canPin())('runs on the CPUs that it is given, and says which', async () => {
    expect((await processCalibrator.calibrate(cpu, never)).cpus).toBe(cpu);
  });

  it.skipIf(!canPin())('says why it can’t, and how to do without', async () => {
    await expect(processCalibrator.calibrate('8191', never)).rejects.toMatchObject({
      message: expect.stringMatching(/speed could not be measured: .*taskset/),
      hint: expect.stringContaining('--no-calibration'),
    });
  });

  it('ends with the run', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    setTimeout(() => controller.abort(reason), 100);
    await expect(processCalibrator.calibrate(null, controller.signal)).rejects.toBe(reason);
  });
});
