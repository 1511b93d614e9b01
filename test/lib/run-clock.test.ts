import { describe, expect, it } from 'vitest';
import { RunClock } from '../../src/lib/run-clock.js';

function clocks() {
  const at = { wallMs: Date.UTC(2026, 0, 2, 10), monotonicMs: 5_000 };
  const clock = new RunClock(
    () => at.wallMs,
    () => at.monotonicMs,
  );
  const pass = (ms: number) => {
    at.wallMs += ms;
    at.monotonicMs += ms;
  };
  return { at, clock, pass };
}

describe("a run's clock", () => {
  it('is the wall clock as long as nobody sets that', () => {
    const { clock, pass } = clocks();
    expect(clock.now()).toBe('2026-01-02T10:00:00.000Z');
    pass(90_000);
    expect(clock.now()).toBe('2026-01-02T10:01:30.000Z');
    expect(clock.wallAheadMs()).toBe(0);
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour back', -3_600_000],
  ])('goes on where the wall clock is set %s, and knows by how much', (_, stepMs) => {
    const { at, clock, pass } = clocks();
    pass(1_000);
    at.wallMs += stepMs;
    pass(1_000);
    expect(clock.now()).toBe('2026-01-02T10:00:02.000Z');
    expect(clock.wallAheadMs()).toBe(stepMs);
    expect(new Date(clock.fromWallMs(at.wallMs - 500)).toISOString()).toBe('2026-01-02T10:00:01.500Z');
  });
});
