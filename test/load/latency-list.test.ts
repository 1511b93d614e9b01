import { expect, it } from 'vitest';
import { LatencyList } from '../../src/load/latency-list.js';

it('keeps everything in order, however much, and begins anew once taken', () => {
  const list = new LatencyList();
  for (let value = 0; value < 100_000; value += 1) list.push(value + 0.4);
  const taken = list.take();
  expect(taken).toHaveLength(100_000);
  expect(taken.every((value, index) => value === index)).toBe(true);
  list.push(7);
  expect([...list.take()]).toEqual([7]);
  expect([...list.take()]).toEqual([]);
  expect(taken[0]).toBe(0);
});
