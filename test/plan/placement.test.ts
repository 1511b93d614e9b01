import { describe, expect, it } from 'vitest';
import type { CpuTopology } from '../../src/model/cpus.js';
import { choosePlacement } from '../../src/plan/placement.js';

const plain = (count: number): CpuTopology => {
  const allowed = Array.from({ length: count }, (_, cpu) => cpu);
  return { allowed, cores: allowed.map((cpu) => [cpu]) };
};
/** Threads of one core lie half of all apart, as the kernel numbers them. */
const hyperthreaded = (count: number): CpuTopology => ({
  allowed: Array.from({ length: count }, (_, cpu) => cpu),
  cores: Array.from({ length: count / 2 }, (_, core) => [core, core + count / 2]),
});

describe('choosePlacement', () => {
  it.each([
    [plain(4), '0-1', '2-3'],
    [plain(8), '0-1', '2-7'],
    [plain(16), '0-3', '4-15'],
    [hyperthreaded(8), '0,4', '1-3,5-7'],
    [hyperthreaded(4), '0,2', '1,3'],
  ])('sets whole cores apart by itself', (topology, load, gateway) => {
    const choice = choosePlacement('auto', topology);
    expect(choice).toEqual({ placement: { kind: 'pinned', load, gateway, chosenBy: 'auto' } });
  });

  it.each([1, 2, 3])('leaves %i CPUs alone, and says so', (count) => {
    const choice = choosePlacement('auto', plain(count));
    expect(choice).toMatchObject({ placement: { kind: 'off', reason: expect.stringContaining(`${count} CPU`) } });
  });

  it('leaves one core of many threads alone', () => {
    const choice = choosePlacement('auto', { allowed: [0, 1, 2, 3], cores: [[0, 1, 2, 3]] });
    expect(choice).toMatchObject({ placement: { kind: 'off', reason: expect.stringContaining('one core') } });
  });

  it('is off where that is asked for', () => {
    expect(choosePlacement('off', plain(8))).toMatchObject({ placement: { kind: 'off' } });
  });

  it('takes the CPUs that it is given, on few of them too', () => {
    const asked = choosePlacement('load=0,2,gateway=1,3-4', plain(8));
    expect(asked).toEqual({ placement: { kind: 'pinned', load: '0,2', gateway: '1,3-4', chosenBy: 'user' } });
    expect(choosePlacement('load=0,gateway=1', plain(2))).toMatchObject({ placement: { load: '0', gateway: '1' } });
  });

  it.each([
    ['always', /not a placement/],
    ['load=0', /not a placement/],
    ['load=,gateway=1', /not a placement/],
    ['load=2-1,gateway=3', /not a placement/],
    ['load=0,gateway=3-2', /not a placement/],
    ['load=0,gateway=1 or so', /not a placement/],
    ['overload=0,gateway=1', /not a placement/],
    ['load=0,gateway=1-9', /CPU 8-9 can't be used here; there are 0-7/],
    ['load=0-2,gateway=2-3', /CPU 2 is given to both/],
  ])('refuses %s', (request, problem) => {
    expect(choosePlacement(request, plain(8))).toEqual({ problem: expect.stringMatching(problem) });
  });
});
