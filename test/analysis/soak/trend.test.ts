import { describe, expect, it } from 'vitest';
import { leakVerdict } from '../../../src/analysis/soak/soak.js';
import { soakTrend } from '../../../src/analysis/soak/trend.js';
import { normal, uniform } from '../../support/noise.js';
import { firstOrder } from '../../support/simulation.js';

const MEMORY = { units: 1, share: 0.01 };
const HOUR_S = 3600;

/** One reading a second, in MiB. */
function series(seconds: number, memoryAt: (s: number) => number) {
  return Array.from({ length: seconds }, (_, x) => ({ x, y: memoryAt(x) }));
}

const trendOf = (memoryAt: (s: number) => number, seconds = HOUR_S) => {
  const trend = soakTrend(series(seconds, memoryAt), MEMORY);
  if (trend === null) throw new Error('no trend');
  return trend;
};

describe('soakTrend', () => {
  it('calls a leak climbing, with its slope an hour', () => {
    const draw = normal(uniform(1));
    const trend = trendOf((s) => 80 + (24 * s) / HOUR_S + 0.5 * draw());
    expect(trend.shape).toBe('climbing');
    expect(trend.late.slope).toBeCloseTo(24, 0);
    expect(trend.late.low).toBeLessThanOrEqual(24.2);
    expect(leakVerdict(trend)).toMatch(/^climbing: 2[34](\.\d)? MiB\/h \[2\d(\.\d)?, 2\d(\.\d)?\]$/);
  });

  it('calls growth that ends a plateau, and says how much it may still be', () => {
    const draw = normal(uniform(2));
    const trend = trendOf((s) => 80 + 60 * (1 - Math.exp(-s / 200)) + 0.5 * draw());
    expect(trend.shape).toBe('plateau');
    expect(trend.whole.slope).toBeGreaterThan(0);
    expect(leakVerdict(trend)).toMatch(/^no leak seen: less than \d(\.\d+)? MiB\/h$/);
  });

  it('finds a leak under the swings of a garbage collector, and none in swings alone', () => {
    const swings = (s: number) => 100 + 30 * ((s % 47) / 47);
    expect(trendOf(swings).shape).toBe('oscillating');
    const leaking = trendOf((s) => swings(s) + (60 * s) / HOUR_S);
    expect(leaking.shape).toBe('climbing');
    expect(leaking.late.slope).toBeGreaterThan(50);
    expect(leaking.late.slope).toBeLessThan(70);
  });

  it('calls memory that is given back falling', () => {
    expect(trendOf((s) => 200 - (40 * s) / HOUR_S).shape).toBe('falling');
  });

  it('does not take a rise that is too small to matter for a leak', () => {
    const trend = trendOf((s) => 100 + (0.6 * s) / HOUR_S);
    expect(trend.shape).toBe('plateau');
    expect(leakVerdict(trend)).toBe('no leak seen: less than 0.6 MiB/h');
  });

  it('has the first and the last tenth, and the largest', () => {
    expect(trendOf((s) => s, 1000)).toMatchObject({ first: 49, last: 949, largest: 999 });
  });

  it('says nothing of a few readings', () => {
    expect(
      soakTrend(
        series(12, (s) => s),
        MEMORY,
      ),
    ).toBeNull();
  });

  it('calls few steady series leaks, and misses few leaks', () => {
    const TRIALS = 60;
    const called = (leakPerHour: number) =>
      Array.from({ length: TRIALS }, (_, seed) => {
        // Memory that wanders: each reading is near the one before.
        const wander = firstOrder(0.95, normal(uniform(seed + 5)));
        return trendOf((s) => 100 + (leakPerHour * s) / HOUR_S + 0.3 * wander(), HOUR_S / 2).shape === 'climbing';
      }).filter(Boolean).length / TRIALS;
    expect(called(0)).toBeLessThanOrEqual(0.05);
    expect(called(20)).toBeGreaterThanOrEqual(0.95);
  });
});
