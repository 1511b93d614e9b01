import { expect, it } from 'vitest';
import { startDelayMs } from '../../src/load/start-spread.js';

it('spreads VUs evenly over a second of a long warm-up', () => {
  expect([0, 1, 2, 3].map((index) => startDelayMs(index, 4, 15))).toEqual([0, 250, 500, 750]);
});

it('leaves half of a short warm-up, and all of none', () => {
  expect([0, 1].map((index) => startDelayMs(index, 2, 0.4))).toEqual([0, 100]);
  expect(startDelayMs(49, 50, 0)).toBe(0);
});
