import { describe, expect, it } from 'vitest';
import { labelRows, levelScale, placeInCategories, placeOnScale } from '../../src/report/level-axis.js';

describe('labelRows', () => {
  it('is one row where there is room', () => {
    expect([...labelRows([50, 150, 300, 500, 1000]).values()]).toEqual([0, 0, 0, 0, 0]);
  });

  it('puts a label that would touch another under it, and the next one back', () => {
    expect([...labelRows([1, 10, 900, 1000])]).toEqual([
      [1, 0],
      [10, 0],
      [900, 0],
      [1000, 1],
    ]);
  });

  it('leaves labels out rather than fill the picture with them', () => {
    const rows = labelRows(Array.from({ length: 100 }, (_, index) => 901 + index));
    expect(Math.max(...rows.values())).toBe(3);
    expect(rows.size).toBeLessThan(100);
  });
});

describe('a scale of levels', () => {
  const levels = [50, 500];

  it('has room at both ends', () => {
    const { min, max } = levelScale(levels, { ticks: {} });
    expect(min).toBeLessThan(50);
    expect(max).toBeGreaterThan(500);
    expect(placeOnScale(levels)(min)).toBeCloseTo(0);
    expect(placeOnScale(levels)(50)).toBeCloseTo(0.05);
    expect(placeOnScale(levels)(500)).toBeCloseTo(0.95);
    expect(placeOnScale(levels)(max)).toBeCloseTo(1);
  });

  it('labels each level in its row', () => {
    const { ticks } = levelScale([1, 10, 900, 1000], { ticks: { color: 'black' } });
    expect(ticks).toMatchObject({ color: 'black', autoSkip: false });
    expect(ticks.callback(900)).toEqual(['900']);
    expect(ticks.callback(1000)).toEqual(['', '1000']);
    expect(ticks.callback(5)).toBe('');
  });
});

describe('categories', () => {
  it('give every level the same room', () => {
    expect([1, 10, 1000].map(placeInCategories([1, 10, 1000]))).toEqual([1 / 6, 0.5, 5 / 6]);
  });
});
