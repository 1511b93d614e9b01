import { describe, expect, it } from 'vitest';
import { meanInterval } from '../../../src/analysis/statistics/interval.js';
import { repeatsNeeded } from '../../../src/analysis/statistics/repeats-needed.js';
import { normal, uniform } from '../../support/noise.js';
import { shareOf } from '../../support/simulation.js';

describe('repeats needed', () => {
  it('is what textbooks have for a paired test', () => {
    // Cohen 1988, table 2.4.1, difference of one standard deviation, two-sided 5 %, power 80 %: 10 pairs.
    expect(repeatsNeeded(1, 1, 0.05)).toBe(10);
    expect(repeatsNeeded(2, 1, 0.05)).toBe(34);
  });

  it('is two where nothing varies, and null where no number would do', () => {
    expect(repeatsNeeded(0, 0.02, 0.05)).toBe(2);
    expect(repeatsNeeded(5, 0.02, 0.05)).toBeNull();
  });

  it('sees the difference about four times in five', () => {
    const n = repeatsNeeded(0.03, 0.02, 0.01) ?? 0;
    const z = normal(uniform(31));
    const power = shareOf(4000, () => {
      const interval = meanInterval(
        Array.from({ length: n }, () => 0.02 + 0.03 * z()),
        0.99,
      );
      return (interval?.low ?? 0) > 0;
    });
    expect(Math.abs(power - 0.8)).toBeLessThan(0.04);
  });
});
