import { describe, expect, it } from 'vitest';
import { profileCells } from '../../src/plan/profile-cells.js';
import { aScenario } from '../support/scenario.js';

describe('profileCells', () => {
  it('gives every profiler of every gateway a cell of its own at every VU count', () => {
    const cells = profileCells(
      aScenario({ vus: [50, 300], repeats: 3 }),
      [
        { gateway: 'ferro', variant: '1.4.4', profilers: ['perf', 'pprof'] },
        { gateway: 'nginx', variant: 'default', profilers: ['perf'] },
      ],
      [50, 300],
    );
    expect(cells.map(({ id }) => id)).toEqual([
      'ferro.1.4.4-v50-r1-perf',
      'ferro.1.4.4-v50-r1-pprof',
      'ferro.1.4.4-v300-r1-perf',
      'ferro.1.4.4-v300-r1-pprof',
      'nginx-v50-r1-perf',
      'nginx-v300-r1-perf',
    ]);
    expect(cells.every(({ profiler, repeat }) => profiler !== null && repeat === 1)).toBe(true);
  });

  it('gives none to a gateway that nothing can profile', () => {
    expect(profileCells(aScenario(), [{ gateway: 'kong', variant: 'default', profilers: [] }], [50])).toEqual([]);
  });
});
