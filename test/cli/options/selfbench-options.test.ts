import { describe, expect, it } from 'vitest';
import { estimateSeconds, planTrials, UPSTREAM_KINDS } from '../../../src/app/selfbench/trials.js';
import { resolveShape } from '../../../src/cli/options/selfbench-options.js';

/** Minutes of a run with everything that there is. */
function minutes(quick: boolean): number {
  const shape = resolveShape({ quick, port: 1 });
  const engines = ['native', 'autocannon', 'k6', 'wrk'];
  const trials = planTrials({ ...shape, engines, driver: 'native', upstreams: UPSTREAM_KINDS, cores: 2 });
  return (estimateSeconds(trials, shape) * shape.rounds) / 60;
}

describe('the shape of a selfbench', () => {
  it('fits into 15 minutes, a quick one into 2', () => {
    expect(minutes(false)).toBeLessThan(15);
    expect(minutes(true)).toBeLessThan(2);
  });

  it('is what was asked for, else the usual', () => {
    const usual = resolveShape({ port: 1 });
    expect(resolveShape({ port: 1, duration: 9, rounds: 7 })).toEqual({ ...usual, durationS: 9, rounds: 7 });
    expect(resolveShape({ port: 1, quick: true, warmup: 4 })).toMatchObject({ durationS: 1, warmupS: 4, rounds: 1 });
  });

  it('measures the ceiling at VU counts that are measured at all, unless others are asked for', () => {
    expect(resolveShape({ port: 1, vus: [1000, 7] }).zeroVus).toEqual([1000]);
    expect(resolveShape({ port: 1, vus: [7], zeroVus: [9] }).zeroVus).toEqual([9]);
  });
});
