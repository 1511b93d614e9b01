import { describe, expect, it } from 'vitest';
import { percentileUs } from '../../../common/histogram.js';
import {
  type PercentileBounds,
  percentileBounds,
  percentileRanks,
} from '../../../src/analysis/statistics/percentile-bounds.js';
import { uniform } from '../../support/noise.js';
import { simulatedWindow } from '../../support/simulated-window.js';
import { shareOf } from '../../support/simulation.js';

describe('ranks that bound a percentile', () => {
  it('are those of printed tables for the median', () => {
    // Ranks of the 95 % interval of a median, Conover 1999, 3.2.
    expect(percentileRanks(10, 0.5)).toEqual({ lower: 2, upper: 9 });
    expect(percentileRanks(20, 0.5)).toEqual({ lower: 6, upper: 15 });
    expect(percentileRanks(100, 0.5)).toEqual({ lower: 40, upper: 61 });
  });

  it('are none where too few values lie beyond the percentile', () => {
    expect(percentileRanks(5, 0.5)).toBeNull();
    expect(percentileRanks(300, 0.99)).toBeNull();
    expect(percentileRanks(400, 0.99)).not.toBeNull();
  });
});

function holds(bounds: PercentileBounds | null, trueUs: number): boolean {
  return bounds !== null && bounds.lowUs <= trueUs && trueUs <= bounds.highUs;
}

describe('bounds of a percentile within a run', () => {
  const shape = { seconds: 20, perSecond: 500, rho: 0, spread: 0 };

  it('surround the percentile that the report shows', () => {
    const { whole, histogram, parts } = simulatedWindow(uniform(1), shape);
    const bounds = percentileBounds(whole, 0.99, parts.p99);
    expect(bounds?.lowUs).toBeLessThan(percentileUs(histogram, 0.99));
    expect(bounds?.highUs).toBeGreaterThan(percentileUs(histogram, 0.99));
    expect(bounds?.effectiveSamples).toBeLessThanOrEqual(10_000);
  });

  it('are wider where the seconds hang together', () => {
    const { whole, parts } = simulatedWindow(uniform(2), { ...shape, spread: 0.1, rho: 0.5 });
    expect(percentileBounds(whole, 0.5, parts.p50)?.effectiveSamples).toBeLessThan(200);
  });

  it('are none for a short window, or few values a second', () => {
    const { whole, parts } = simulatedWindow(uniform(3), { ...shape, seconds: 9 });
    expect(percentileBounds(whole, 0.5, parts.p50)).toBeNull();
    const few = simulatedWindow(uniform(3), { ...shape, perSecond: 400 });
    expect(percentileBounds(few.whole, 0.99, few.parts.p99)).toBeNull();
    expect(percentileBounds({ valuesUs: [], upTo: [] }, 0.5, [])).toBeNull();
  });

  // 0.1 is the spread of one request, and z(0.99) = 2.326.
  const truth = (q: 'p50' | 'p99', spread: number) =>
    60_000 * Math.exp((q === 'p50' ? 0 : 2.3263479) * Math.hypot(0.1, spread));

  it.each(['p50', 'p99'] as const)('cover 95 % of independent requests, %s', (percentile) => {
    const random = uniform(4);
    const q = percentile === 'p50' ? 0.5 : 0.99;
    const coverage = shareOf(200, () => {
      const { whole, parts } = simulatedWindow(random, shape);
      return holds(percentileBounds(whole, q, parts[percentile]), truth(percentile, 0));
    });
    // They are never narrower than for independent requests, so on average somewhat wider.
    expect(coverage).toBeGreaterThan(0.91);
  });

  it('cover, where the batches are longer than what hangs together, and too little where they aren’t', () => {
    const random = uniform(5);
    const coverage = (rho: number) =>
      shareOf(150, () => {
        const { whole, parts } = simulatedWindow(random, { seconds: 60, perSecond: 100, rho, spread: 0.03 });
        return holds(percentileBounds(whole, 0.5, parts.p50), truth('p50', 0.03));
      });
    expect(coverage(0.3)).toBeGreaterThan(0.88);
    expect(coverage(0.95)).toBeLessThan(0.8);
  });
});
