import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/sampling/calibration/kernel.js';
import { measureKernel } from '../../../src/sampling/calibration/measure-kernel.js';

/** A kernel and clocks that agree on what a step takes: `nsOf` of the steps that went before. */
function simulated(nsOf: (stepsBefore: number) => number, wallFactor = 1) {
  let stepsDone = 0;
  let cpuUs = 0;
  const slices: number[] = [];
  const kernel: Kernel = {
    name: 'integer',
    run(steps) {
      cpuUs += (steps * nsOf(stepsDone)) / 1000;
      stepsDone += steps;
      slices.push(steps);
      return stepsDone;
    },
  };
  return { kernel, slices, clocks: { cpuUs: () => cpuUs, wallUs: () => cpuUs * wallFactor } };
}

describe('measureKernel', () => {
  it('says what a step takes, in CPU time and wall-clock time', async () => {
    const { kernel, clocks } = simulated(() => 25, 3);
    const time = await measureKernel(kernel, clocks);
    expect(time.cpuNs.median).toBeCloseTo(25, 6);
    expect(time.wallNs.median).toBeCloseTo(75, 6);
  });

  it.each([1, 200, 20_000])('spends 60 ms on a kernel of %i ns a step', async (ns) => {
    const { kernel, clocks } = simulated(() => ns);
    const { steps, slices } = await measureKernel(kernel, clocks);
    expect(slices).toBe(12);
    expect((steps * ns) / 1e6).toBeCloseTo(60, 0);
  });

  it('leaves the slow steps out that come before a loop is compiled', async () => {
    const { kernel, clocks } = simulated((before) => (before < 5_000 ? 500 : 10));
    const time = await measureKernel(kernel, clocks);
    expect(time.cpuNs.median).toBeCloseTo(10, 6);
    expect(time.cpuNs.min).toBeCloseTo(10, 6);
  });

  it('is not moved by interruptions of a few slices', async () => {
    let calls = 0;
    const { kernel, clocks } = simulated(() => (calls++ % 3 === 0 ? 30 : 10));
    expect((await measureKernel(kernel, clocks)).cpuNs).toEqual({
      min: expect.closeTo(10),
      median: expect.closeTo(10),
    });
  });

  it('does not use up more than there is', async () => {
    const { kernel, clocks, slices } = simulated(() => 1_000);
    let left = 10_000;
    const limited: Kernel = {
      ...kernel,
      run: (steps) => {
        left -= steps;
        return kernel.run(steps);
      },
      stepsLeft: () => left,
    };
    await measureKernel(limited, clocks);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(slices.slice(-12).every((steps) => steps > 500)).toBe(true);
  });
});
