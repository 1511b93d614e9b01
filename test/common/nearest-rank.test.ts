import { expect, it } from 'vitest';
import { nearestRank, percentileOf } from '../../common/nearest-rank.js';

const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

it.each([
  [0.5, 50],
  [0.95, 95],
  [0.99, 99],
  [0.991, 100],
  [1, 100],
  [0.001, 1],
])('nearest rank of 1 to 100 at %s is %s', (q, expected) => expect(percentileOf(hundred, q)).toBe(expected));

it('is not moved by floating point: 0.07 * 100 is more than 7', () => {
  expect(nearestRank(0.07, 100)).toBe(7);
  expect(percentileOf([], 0.5)).toBeNull();
});
