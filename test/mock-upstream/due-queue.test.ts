import { describe, expect, test } from 'vitest';
import { cancel, DueQueue } from '../../mock-upstream/due-queue.js';

/** A queue whose releases are written down. */
function recordedQueue(delayMs: number) {
  const released: string[] = [];
  const queue = new DueQueue(delayMs);
  return {
    queue,
    released,
    add: (fromMs: number, name: string) => queue.add(fromMs, (lateMs) => released.push(`${name} ${lateMs}`)),
  };
}

describe('due queue', () => {
  test('nothing waits: nothing is due', () => {
    const { queue } = recordedQueue(60);
    expect(queue.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    queue.releaseDue(() => 1e9);
  });

  test('releases in order, what is due and no more, and says how late', () => {
    const { queue, released, add } = recordedQueue(60);
    add(0, 'a');
    add(5, 'b');
    add(30, 'c');
    expect(queue.nextDueMs()).toBe(60);
    queue.releaseDue(() => 59.9);
    expect(released).toEqual([]);
    queue.releaseDue(() => 66);
    expect(released).toEqual(['a 6', 'b 1']);
    expect(queue.nextDueMs()).toBe(90);
    queue.releaseDue(() => 90);
    expect(released).toEqual(['a 6', 'b 1', 'c 0']);
    expect(queue.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test('asks for the time again, because releasing takes some', () => {
    const { queue, released, add } = recordedQueue(10);
    add(0, 'a');
    add(1, 'b');
    const times = [10, 11.5];
    queue.releaseDue(() => times.shift() ?? 0);
    expect(released).toEqual(['a 0', 'b 0.5']);
  });

  test('what was cancelled is passed over, wherever it stands', () => {
    const { queue, released, add } = recordedQueue(10);
    const [first, , third] = [add(0, 'a'), add(1, 'b'), add(2, 'c'), add(3, 'd')];
    if (first) cancel(first);
    if (third) cancel(third);
    expect(queue.nextDueMs()).toBe(11);
    queue.releaseDue(() => 20);
    expect(released).toEqual(['b 9', 'd 7']);
  });

  test('can be used again after it has emptied, also by cancelling', () => {
    const { queue, released, add } = recordedQueue(10);
    cancel(add(0, 'a'));
    expect(queue.nextDueMs()).toBe(Number.POSITIVE_INFINITY);
    add(5, 'b');
    queue.releaseDue(() => 15);
    expect(released).toEqual(['b 0']);
  });

  test('a release may add to the queue and release from it', () => {
    const { queue, released, add } = recordedQueue(10);
    queue.add(0, () => {
      add(10, 'later');
      queue.releaseDue(() => 25);
    });
    add(1, 'waiting');
    queue.releaseDue(() => 25);
    expect(released).toEqual(['waiting 14', 'later 5']);
  });
});
