import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/sampling/calibration/kernel.js';
import { type Clocks, measureKernels } from '../../../src/sampling/calibration/measure-kernels.js';

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

async function measureKernel(kernel: Kernel, clocks: Clocks) {
  const time = (await measureKernels([kernel], clocks)).get(kernel.name);
  if (time === undefined) throw new Error('it was not measured');
  return time;
}

describe('measureKernels', () => {
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

  it('lets a kernel warm up for as long as it says', async () => {
    const { kernel, clocks } = simulated((before) => (before < 5_000_000 ? 20 : 10));
    expect((await measureKernel(kernel, clocks)).cpuNs.median).toBeCloseTo(20, 6);
    const slow = simulated((before) => (before < 5_000_000 ? 20 : 10));
    const patient = { ...slow.kernel, warmUpUs: 120_000 };
    expect((await measureKernel(patient, slow.clocks)).cpuNs).toEqual({
      min: expect.closeTo(10),
      median: expect.closeTo(10),
    });
  });

  it('takes kernels by turns, and does not count the first slice of a turn', async () => {
    const turns: string[] = [];
    let cpuUs = 0;
    const kernelOf = (name: Kernel['name']): Kernel => ({
      name,
      run(steps) {
        // The first slice after another kernel costs twice as much.
        cpuUs += (steps * (turns.at(-1) === name ? 10 : 20)) / 1000;
        turns.push(name);
        return steps;
      },
    });
    const clocks = { cpuUs: () => cpuUs, wallUs: () => cpuUs };
    const times = await measureKernels([kernelOf('integer'), kernelOf('branches')], clocks);
    for (const { cpuNs, slices } of times.values()) {
      expect(slices).toBe(12);
      expect(cpuNs).toEqual({ min: expect.closeTo(10), median: expect.closeTo(10) });
    }
    const changes = turns.filter((name, index) => name !== turns[index - 1]);
    expect(changes).toEqual(new Array(4).fill(['integer', 'branches']).flat());
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
    expect(slices.slice(-12).every((steps) => steps > 400)).toBe(true);
  });
});
