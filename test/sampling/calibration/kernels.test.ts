import { describe, expect, it } from 'vitest';
import { chaseKernel, lineRing } from '../../../src/sampling/calibration/chase-kernel.js';
import { branchesKernel, integerKernel } from '../../../src/sampling/calibration/compute-kernels.js';
import { pageFaultKernel, systemCallKernel } from '../../../src/sampling/calibration/kernel-calls.js';
import { loopbackKernel } from '../../../src/sampling/calibration/loopback-kernel.js';
import { ringSizes } from '../../../src/sampling/calibration/ring-sizes.js';

const LINE_WORDS = 16;

describe('a ring of cache lines', () => {
  it.each([256, 4096, 2 ** 18, 2 ** 22])('of %i bytes goes through each line once, and back to the first', (bytes) => {
    const ring = lineRing(bytes);
    const visited = new Set<number>();
    let at = 0;
    do {
      visited.add(at);
      at = ring[at] ?? -1;
    } while (!visited.has(at));
    expect(at).toBe(0);
    expect([...visited].filter((word) => word % LINE_WORDS !== 0)).toEqual([]);
    expect(visited.size).toBe(bytes / 64);
  });

  it('has no stride that a prefetcher could follow', () => {
    const ring = lineRing(2 ** 18);
    const strides = new Map<number, number>();
    for (let at = 0; at < ring.length; at += LINE_WORDS) {
      const stride = (ring[at] ?? 0) - at;
      strides.set(stride, (strides.get(stride) ?? 0) + 1);
    }
    expect(Math.max(...strides.values())).toBeLessThan(5);
  });

  it('is followed from where the last slice stopped', () => {
    const kernel = chaseKernel('chaseL2', 4096);
    const whole = chaseKernel('chaseL2', 4096);
    kernel.run(20);
    expect(kernel.run(17)).toBe(whole.run(37));
    expect(whole.run(64)).toBe(whole.run(64));
  });
});

describe('sizes of the rings', () => {
  const KIB = 1024;
  const MIB = 1024 * KIB;

  it.each([
    ['1 MiB of L2 and 32 MiB of L3', MIB, 32 * MIB, 256 * KIB, 4 * MIB, 64 * MIB],
    ['2 MiB of L2 and 33 MiB of L3', 2 * MIB, 33 * MIB, 512 * KIB, 4 * MIB, 64 * MIB],
    ['512 KiB of L2 and 96 MiB of L3', 512 * KIB, 96 * MIB, 128 * KIB, 8 * MIB, 128 * MIB],
    ['caches that can’t be read', null, null, 256 * KIB, 4 * MIB, 64 * MIB],
  ])('with %s', (_, l2, l3, chaseL2, chaseL3, chaseMemory) => {
    expect(ringSizes({ l2, l3 })).toEqual({ chaseL2, chaseL3, chaseMemory });
  });
});

describe('a kernel does what its name says', () => {
  it('faults on each page that it touches, and on none twice', () => {
    const kernel = pageFaultKernel();
    const left = kernel.stepsLeft?.() ?? 0;
    kernel.run(1);
    const before = kernel.faults();
    kernel.run(2_000);
    const faults = kernel.faults() - before;
    // Node's other threads fault too; huge pages, where they are on for everything, would leave next to none.
    expect(faults).toBeGreaterThanOrEqual(2_000);
    expect(kernel.stepsLeft?.()).toBe(left - 2_001);
  });

  it('asks the kernel for the user each time', () => {
    expect(systemCallKernel().run(3)).toBe(3 * (process.getuid?.() ?? 0));
  });

  it('sends a byte to and fro as often as asked, again and again', async () => {
    const kernel = await loopbackKernel();
    expect(await kernel.run(5)).toBe(5);
    expect(await kernel.run(7)).toBe(7);
    kernel.close?.();
  });

  it.each([
    ['integer', integerKernel],
    ['branches', branchesKernel],
  ])('%s computes the same from slice to slice as in one go', (_, make) => {
    const parts = make();
    for (let part = 0; part < 9; part++) parts.run(1_000);
    expect(parts.run(1_000)).toBe(make().run(10_000));
  });

  it('branches does not fall into a short cycle', () => {
    const kernel = branchesKernel();
    const values = new Set<number | Promise<number>>();
    for (let slice = 0; slice < 500; slice++) values.add(kernel.run(1_009));
    expect(values.size).toBeGreaterThan(450);
  });
});
