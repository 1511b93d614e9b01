import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, startDelayMs, vuShares } from '../../../src/load/workers/vus.js';

describe('vuShares', () => {
  it.each([
    [1, 8, [1]],
    [250, 8, [250]],
    [251, 8, [126, 125]],
    [1000, 2, [500, 500]],
    [1000, 3, [334, 333, 333]],
    [1000, 8, [250, 250, 250, 250]],
  ])('%i VUs on %i workers at the most', (vus, cores, expected) => {
    expect(vuShares(vus, cores, 250)).toEqual(expected);
  });

  it('gives every worker a VU, all VUs to workers, evenly, and no more workers than allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 128 }), (vus, cores) => {
        const shares = vuShares(vus, cores, 7);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(vus);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        expect(shares.length).toBeLessThanOrEqual(cores);
      }),
    );
  });
});

it('spreads VUs evenly over a second of a long warm-up', () => {
  expect([0, 1, 2, 3].map((index) => startDelayMs(index, 4, { warmupS: 15 }))).toEqual([0, 250, 500, 750]);
});

it('leaves half of a short warm-up, and all of none', () => {
  expect([0, 1].map((index) => startDelayMs(index, 2, { warmupS: 0.4 }))).toEqual([0, 100]);
  expect(startDelayMs(49, 50, { warmupS: 0 })).toBe(0);
});

it('waits 100 ms, then twice as long each time, and a second at most', () => {
  expect([0, 1, 2, 3, 4, 5, 50, 5000].map(backOffMs)).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
});
