import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FifoTimerQueue, HeapTimerQueue, type TimerEntry, type TimerQueue } from '../../mock-upstream/timer-queue.js';

/** A thing that does something when released. */
function waiting(onRelease: (lateMs: number) => void): TimerEntry {
  const thing: TimerEntry = {
    dueMs: 0,
    next: null,
    cancelled: false,
    release: (nowMs) => onRelease(nowMs - thing.dueMs),
  };
  return thing;
}

/** A line of equal waits whose releases are written down. */
function recorded(line: TimerQueue, delayMs: number) {
  const released: string[] = [];
  return {
    line,
    released,
    add: (fromMs: number, name: string): TimerEntry => {
      const thing = waiting((lateMs) => released.push(`${name} ${lateMs}`));
      line.add(thing, fromMs, delayMs);
      return thing;
    },
  };
}

describe.each([
  ['queue', () => new FifoTimerQueue()],
  ['heap', () => new HeapTimerQueue()],
] as const)('due %s', (_name, newLine) => {
  test('nothing waits: nothing is due', () => {
    const { line } = recorded(newLine(), 60);
    expect(line.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    line.releaseDue(() => 1e9);
  });

  test('releases in order, what is due and no more, and says how late', () => {
    const { line, released, add } = recorded(newLine(), 60);
    add(0, 'a');
    add(5, 'b');
    add(30, 'c');
    expect(line.nextDueMs()).toBe(60);
    line.releaseDue(() => 59.9);
    expect(released).toEqual([]);
    line.releaseDue(() => 66);
    expect(released).toEqual(['a 6', 'b 1']);
    expect(line.nextDueMs()).toBe(90);
    line.releaseDue(() => 90);
    expect(released).toEqual(['a 6', 'b 1', 'c 0']);
    expect(line.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('a released entry holds on to none that came after it', () => {
    const { line, add } = recorded(newLine(), 10);
    const first = add(0, 'a');
    add(1, 'b');
    line.releaseDue(() => 10);
    expect(first.next).toBeNull();
  });

  test('asks for the time again, because releasing takes some', () => {
    const { line, released, add } = recorded(newLine(), 10);
    add(0, 'a');
    add(1, 'b');
    const times = [10, 11.5];
    line.releaseDue(() => times.shift() ?? 0);
    expect(released).toEqual(['a 0', 'b 0.5']);
  });

  test('what was cancelled is passed over, wherever it stands', () => {
    const { line, released, add } = recorded(newLine(), 10);
    const [first, , third] = [add(0, 'a'), add(1, 'b'), add(2, 'c'), add(3, 'd')];
    if (first) first.cancelled = true;
    if (third) third.cancelled = true;
    expect(line.nextDueMs()).toBe(11);
    line.releaseDue(() => 20);
    expect(released).toEqual(['b 9', 'd 7']);
  });

  test('can be used again after it has emptied, also by cancelling', () => {
    const { line, released, add } = recorded(newLine(), 10);
    add(0, 'a').cancelled = true;
    expect(line.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    add(5, 'b');
    line.releaseDue(() => 15);
    expect(released).toEqual(['b 0']);
  });

  test('a release may add to the line and release from it', () => {
    const { line, released, add } = recorded(newLine(), 10);
    const first = waiting(() => {
      add(10, 'later');
      line.releaseDue(() => 25);
    });
    line.add(first, 0, 10);
    add(1, 'waiting');
    line.releaseDue(() => 25);
    expect(released).toEqual(['waiting 14', 'later 5']);
  });
});

test('a heap releases waits of any lengths as sorting would, and never those that were cancelled', () => {
  const waits = fc.array(fc.record({ dueMs: fc.integer({ min: 0, max: 500 }), cancelled: fc.boolean() }));
  fc.assert(
    fc.property(waits, fc.array(fc.integer({ min: 0, max: 600 })), (things, times) => {
      const heap = new HeapTimerQueue();
      const released: number[] = [];
      for (const { dueMs, cancelled } of things) {
        const thing = waiting(() => released.push(dueMs));
        heap.add(thing, 0, dueMs);
        thing.cancelled = cancelled;
      }
      const expected = things.filter((thing) => !thing.cancelled).map(({ dueMs }) => dueMs);
      expected.sort((a, b) => a - b);
      for (const nowMs of times.toSorted((a, b) => a - b)) {
        heap.releaseDue(() => nowMs);
        expect(released).toEqual(expected.filter((dueMs) => dueMs <= nowMs));
      }
      heap.releaseDue(() => 1000);
      expect(released).toEqual(expected);
    }),
  );
});
