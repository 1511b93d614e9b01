import { expect, it } from 'vitest';
import { backOffMs } from '../../src/load/back-off.js';

it('waits 100 ms, then twice as long each time, and a second at most', () => {
  expect([0, 1, 2, 3, 4, 5, 50, 5000].map(backOffMs)).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
});
