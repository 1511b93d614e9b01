import { describe, expect, it } from 'vitest';
import { medianInterval, pairsNeeded } from '../../../src/analysis/statistics/paired-median.js';
import { normal, uniform } from '../../support/noise.js';
import { covers, shareOf } from '../../support/simulation.js';

const TRIALS = 2_000;

describe('the interval of a median of paired differences', () => {
  it('lies between the ranks of printed tables', () => {
    const values = [10, 3, 7, 1, 9, 5, 2, 8, 6, 4];
    expect(medianInterval(values)).toEqual({ estimate: 5.5, low: 2, high: 9, n: 10 });
  });

  it('is none for fewer than six pairs', () => {
    expect(medianInterval([])).toBeNull();
    expect(medianInterval([1, 2, 3, 4, 5])).toBeNull();
    expect(medianInterval([1, 2, 3, 4, 5, 6])).toMatchObject({ low: 1, high: 6 });
  });

  it.each([8, 30, 98])('covers what was added to %i requests whose latencies vary by seconds', (n) => {
    const z = normal(uniform(n));
    // p50 400 ms and p99 3 s, each side drawn on its own.
    const latency = () => 400 * Math.exp(0.866 * z());
    const share = shareOf(TRIALS, () =>
      covers(medianInterval(Array.from({ length: n }, () => latency() + 2 - latency())), 2),
    );
    expect(share).toBeGreaterThanOrEqual(0.94);
    expect(share).toBeLessThanOrEqual(0.999);
  });

  it('sees a millisecond where the two requests of a pair are alike, however slow they are', () => {
    const random = uniform(9);
    const z = normal(random);
    const differences = Array.from({ length: 100 }, () => 2 + 0.3 * z());
    const found = medianInterval(differences);
    expect(found?.low).toBeGreaterThan(1);
    expect(found?.high).toBeLessThan(3);
  });

  it('says how many pairs a narrower one takes', () => {
    expect(pairsNeeded({ estimate: 0, low: -10, high: 10, n: 100 }, 1)).toBe(10_000);
  });
});
