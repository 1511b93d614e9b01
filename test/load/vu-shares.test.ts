import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vuShares } from '../../src/load/vu-shares.js';

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
