import { describe, expect, it } from 'vitest';
import { nines, PERCENTILES, percentileIndex } from '../../../src/report/page/percentiles.js';

describe('the percentiles of a page', () => {
  it('ascend from the least value to the largest, and are numbers as people write them', () => {
    expect(PERCENTILES[0]).toBe(0);
    expect(PERCENTILES.at(-1)).toBe(100);
    expect([...PERCENTILES].sort((a, b) => a - b)).toEqual(PERCENTILES);
    expect(new Set(PERCENTILES).size).toBe(PERCENTILES.length);
    for (const percentile of PERCENTILES) expect(String(percentile).length, String(percentile)).toBeLessThanOrEqual(7);
  });

  it('has those that are asked for most', () => {
    for (const percentile of [50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 99.999]) expect(PERCENTILES).toContain(percentile);
  });

  it('has as many steps to each nine', () => {
    expect(percentileIndex(99) - percentileIndex(90)).toBe(90);
    expect(percentileIndex(99.9) - percentileIndex(99)).toBe(90);
    expect(percentileIndex(99.99) - percentileIndex(99.9)).toBe(90);
  });

  it('puts each nine as far along the axis', () => {
    expect(nines(0)).toBeCloseTo(0, 12);
    expect(nines(90)).toBeCloseTo(1, 12);
    expect(nines(99.9)).toBeCloseTo(3, 9);
  });

  it('finds the nearest', () => {
    expect(PERCENTILES[percentileIndex(99.94)]).toBe(99.94);
    expect(PERCENTILES[percentileIndex(42.4)]).toBe(42);
  });
});
