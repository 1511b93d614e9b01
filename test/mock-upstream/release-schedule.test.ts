import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import type { TimerThread } from '../../common/timer/timer.js';
import { ReleaseSchedule } from '../../mock-upstream/release-schedule.js';
import { FifoTimerQueue, HeapTimerQueue, type TimerEntry } from '../../mock-upstream/timer-queue.js';

/** A schedule with an alarm that rings when the test says. */
function manualSchedule() {
  const settings: number[] = [];
  let ring = (): void => {};
  const schedule = new ReleaseSchedule((onWake): TimerThread => {
    ring = onWake;
    return { setFor: (atMs) => settings.push(atMs) };
  });
  return { schedule, settings, ring: () => ring() };
}

function waiting(release: (nowMs: number) => void): TimerEntry {
  return { dueMs: 0, next: null, cancelled: false, release };
}

const passTime = (untilMs: number): void => {
  while (performance.now() < untilMs);
};

describe('release schedule', () => {
  test('the alarm is set once for the first to fall due, and again only for an earlier one', () => {
    const { schedule, settings } = manualSchedule();
    const [long, short] = [schedule.watch(new FifoTimerQueue()), schedule.watch(new FifoTimerQueue())];
    const fromMs = performance.now();
    schedule.wait(
      long,
      waiting(() => {}),
      fromMs,
      60_000,
    );
    schedule.wait(
      long,
      waiting(() => {}),
      fromMs + 1,
      60_000,
    );
    expect(settings).toEqual([fromMs + 60_000]);
    schedule.wait(
      short,
      waiting(() => {}),
      fromMs + 2,
      10_000,
    );
    expect(settings).toEqual([fromMs + 60_000, fromMs + 2 + 10_000]);
  });

  test('when it rings, what is due goes, in every line, and it is set for the next', () => {
    const { schedule, settings, ring } = manualSchedule();
    const [queue, heap] = [schedule.watch(new FifoTimerQueue()), schedule.watch(new HeapTimerQueue())];
    const released: string[] = [];
    const fromMs = performance.now();
    const add = (line: FifoTimerQueue | HeapTimerQueue, delayMs: number, name: string): void =>
      schedule.wait(
        line,
        waiting(() => released.push(name)),
        fromMs,
        delayMs,
      );
    add(queue, 5, 'first');
    add(heap, 60_000, 'last');
    add(heap, 4, 'before the first');
    passTime(fromMs + 5);
    ring();
    expect(released.toSorted()).toEqual(['before the first', 'first']);
    expect(settings).toEqual([fromMs + 5, fromMs + 4, fromMs + 60_000]);
  });

  test('in passing: nothing before it is due, all that is due then', () => {
    const { schedule } = manualSchedule();
    const queue = schedule.watch(new FifoTimerQueue());
    const releasedMs: number[] = [];
    const fromMs = performance.now();
    schedule.wait(
      queue,
      waiting((nowMs) => releasedMs.push(nowMs)),
      fromMs,
      5,
    );
    schedule.releaseInPassing(performance.now());
    expect(releasedMs).toEqual([]);
    passTime(fromMs + 5);
    schedule.releaseInPassing(performance.now());
    expect(releasedMs).toHaveLength(1);
    expect(releasedMs[0]).toBeGreaterThanOrEqual(fromMs + 5);
  });

  test('a ring that comes too early releases nothing, and is asked for again', () => {
    const { schedule, settings, ring } = manualSchedule();
    const queue = schedule.watch(new FifoTimerQueue());
    const fromMs = performance.now();
    schedule.wait(
      queue,
      waiting(() => expect.unreachable('it is not due')),
      fromMs,
      60_000,
    );
    ring();
    expect(settings).toEqual([fromMs + 60_000, fromMs + 60_000]);
  });

  test('a ring a moment too early is waited out', () => {
    const { schedule, ring } = manualSchedule();
    const queue = schedule.watch(new FifoTimerQueue());
    const latenessesMs: number[] = [];
    const dueMs = performance.now() + 2;
    schedule.wait(
      queue,
      waiting((nowMs) => latenessesMs.push(nowMs - dueMs)),
      dueMs,
      0,
    );
    passTime(dueMs - 0.03);
    ring();
    expect(latenessesMs).toHaveLength(1);
    expect(latenessesMs[0]).toBeGreaterThanOrEqual(0);
  });

  test('what has been cancelled is not released, and the next one is found behind it', () => {
    const { schedule, settings, ring } = manualSchedule();
    const queue = schedule.watch(new FifoTimerQueue());
    const fromMs = performance.now();
    const gone = waiting(() => expect.unreachable('it was cancelled'));
    schedule.wait(queue, gone, fromMs, 2);
    schedule.wait(
      queue,
      waiting(() => {}),
      fromMs + 60_000,
      2,
    );
    gone.cancelled = true;
    passTime(fromMs + 2);
    ring();
    expect(settings).toEqual([fromMs + 2, fromMs + 60_002]);
  });

  test('many that fall due together go a few at a time, in order, with what else the event loop has to do between them', async () => {
    const { schedule, ring } = manualSchedule();
    const queue = schedule.watch(new FifoTimerQueue());
    const happened: (number | 'turn')[] = [];
    const fromMs = performance.now();
    const count = 50;
    for (let i = 0; i < count; i++)
      schedule.wait(
        queue,
        waiting(() => happened.push(i)),
        fromMs,
        1,
      );
    passTime(fromMs + 1);
    ring();
    while (happened.length < 3 * count && !happened.includes(count - 1)) {
      await new Promise((resolve) => setImmediate(resolve));
      happened.push('turn');
    }
    const released = happened.filter((what) => what !== 'turn');
    expect(released).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(happened.filter((what) => what === 'turn').length).toBeGreaterThan(5);
  });

  test('where requests come in closely the alarm leaves them the time to release in passing; no longer than that', () => {
    const { schedule, settings } = manualSchedule();
    const queue = schedule.watch(new FifoTimerQueue());
    const fromMs = performance.now();
    const wait = (delayMs: number): void =>
      schedule.wait(
        queue,
        waiting(() => {}),
        fromMs,
        delayMs,
      );
    wait(60_000);
    for (let i = 0; i < 500; i++) schedule.releaseInPassing(fromMs + i * 0.05);
    wait(50_000);
    for (let i = 0; i < 500; i++) schedule.releaseInPassing(fromMs + 25 + i * 2);
    wait(40_000);
    const [calm = 0, busy = 0, calmAgain = 0] = settings.map((atMs) => atMs - fromMs);
    expect(calm).toBeCloseTo(60_000, 6);
    expect(busy).toBeGreaterThan(50_000.01);
    expect(busy).toBeLessThan(50_000.5);
    expect(calmAgain).toBeCloseTo(40_000, 6);
  });
});
