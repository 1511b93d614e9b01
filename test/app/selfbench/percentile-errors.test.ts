import { describe, expect, it } from 'vitest';
import { delaysWithin, nearestRank, percentileErrors } from '../../../src/app/selfbench/percentile-errors.js';

const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

describe('the truth of percentiles', () => {
  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
    [0.001, 1],
  ])('nearest rank of 1 to 100 at %s is %s', (q, expected) => expect(nearestRank(hundred, q)).toBe(expected));

  it('holds measured percentiles against delays in any order, and leaves those as they were', () => {
    const shuffled = hundred.slice().reverse();
    expect(percentileErrors({ p50: 51, p95: 95, p99: 97 }, shuffled)).toEqual([
      { q: 0.5, measuredUs: 51, trueUs: 50 },
      { q: 0.95, measuredUs: 95, trueUs: 95 },
      { q: 0.99, measuredUs: 97, trueUs: 99 },
    ]);
    expect(shuffled[0]).toBe(100);
  });

  it('says nothing where nothing was measured or recorded', () => {
    expect(percentileErrors(null, hundred)).toEqual([]);
    expect(percentileErrors({ p50: 1, p95: 1, p99: 1 }, new Float64Array())).toEqual([]);
  });
});

it('takes the actual delays, not those drawn, of responses sent in the window', () => {
  const csv = [
    'whole_us,drawn_us,given_us',
    '1000,90,100', // sent at 1100: before
    '1950,45,50', // at 2000: the first
    '1000,1490,1500.5', // at 2500.5: began before, sent within
    '2900,99,100', // at 3000: after
    'half a li',
    '',
  ].join('\n');
  expect([...delaysWithin(csv, { fromUs: 2_000, toUs: 3_000 })]).toEqual([50, 1500.5]);
  expect(delaysWithin('', { fromUs: 0, toUs: 1e12 })).toHaveLength(0);
});
