import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pacer } from '../../src/lib/pacer.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function counted(): { pacer: Pacer; calls: number[] } {
  const calls: number[] = [];
  const start = performance.now();
  return { calls, pacer: new Pacer(() => calls.push(performance.now() - start), { minMs: 250, maxMs: 1_000 }) };
}

it('does nothing before it is asked to', () => {
  const { calls } = counted();
  vi.advanceTimersByTime(5_000);
  expect(calls).toEqual([]);
});

it('calls at once, then as often as it may, however often it is asked to', () => {
  const { pacer, calls } = counted();
  for (let at = 0; at < 500; at += 10) {
    pacer.request();
    vi.advanceTimersByTime(10);
  }
  expect(calls).toEqual([0, 250, 500]);
  pacer.stop();
});

it('goes on by itself after the first request, until it is stopped', () => {
  const { pacer, calls } = counted();
  pacer.request();
  vi.advanceTimersByTime(2_500);
  expect(calls).toEqual([0, 1_000, 2_000]);
  pacer.stop();
  pacer.request();
  vi.advanceTimersByTime(5_000);
  expect(calls).toHaveLength(3);
});
