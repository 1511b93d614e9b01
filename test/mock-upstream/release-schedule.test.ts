import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../mock-upstream/alarm.js';
import { cancel } from '../../mock-upstream/due-queue.js';
import { ReleaseSchedule } from '../../mock-upstream/release-schedule.js';

/** A schedule with an alarm that rings when the test says. */
function manualSchedule() {
  const settings: number[] = [];
  let ring = (): void => {};
  const schedule = new ReleaseSchedule((onWake): Alarm => {
    ring = onWake;
    return { setFor: (atMs) => settings.push(atMs) };
  });
  return { schedule, settings, ring: () => ring() };
}

describe('release schedule', () => {
  test('no wait: released before the call returns', () => {
    const { schedule, settings } = manualSchedule();
    const latenesses: number[] = [];
    schedule.after(performance.now() - 2, 0, (latenessMs) => latenesses.push(latenessMs));
    expect(latenesses).toHaveLength(1);
    expect(latenesses[0]).toBeGreaterThanOrEqual(2);
    expect(settings).toEqual([]);
  });

  test('the alarm is set once for the first to fall due, and again only for an earlier one', () => {
    const { schedule, settings } = manualSchedule();
    const fromMs = performance.now();
    schedule.after(fromMs, 60_000, () => {});
    schedule.after(fromMs + 1, 60_000, () => {});
    expect(settings).toEqual([fromMs + 60_000]);
    schedule.after(fromMs + 2, 10_000, () => {});
    expect(settings).toEqual([fromMs + 60_000, fromMs + 10_002]);
  });

  test('when it rings, what is due goes, and it is set for the next', () => {
    const { schedule, settings, ring } = manualSchedule();
    const released: string[] = [];
    const fromMs = performance.now();
    schedule.after(fromMs, 5, () => released.push('first'));
    schedule.after(fromMs + 60_000, 5, () => released.push('second'));
    while (performance.now() < fromMs + 5);
    ring();
    expect(released).toEqual(['first']);
    expect(settings).toEqual([fromMs + 5, fromMs + 60_005]);
  });

  test('a ring for what has been cancelled releases nothing', () => {
    const { schedule, settings, ring } = manualSchedule();
    const fromMs = performance.now();
    cancel(schedule.after(fromMs, 60_000, () => expect.unreachable('it was cancelled')));
    ring();
    expect(settings).toEqual([fromMs + 60_000]);
  });
});
