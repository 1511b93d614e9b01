/** A thing that waits for its moment, in one line at a time. */
export interface TimerEntry {
  /** When it falls due, in milliseconds of one monotonic clock. */
  dueMs: number;
  /** The next in its line. */
  next: TimerEntry | null;
  /** It won't be released; its place in the line goes when its turn comes. */
  cancelled: boolean;
  /** Called once, unless cancelled. */
  release(nowMs: number): void;
}

/** A line of what waits. Times are milliseconds of one monotonic clock, handed in. */
export interface TimerQueue {
  /** @param fromMs when the wait began */
  add(waiting: TimerEntry, fromMs: number, delayMs: number): void;
  /** When the next one falls due; Infinity when nothing waits. */
  nextDueMs(): number;
  /** Release those that are due, the first ones first. `now` is asked again for each, because releasing takes time. */
  releaseDue(now: () => number, most?: number): void;
}

/**
 * First in, first out: all that wait here wait equally long, so they fall due in the order in which they came, and a
 * linked list does what would otherwise take a heap.
 */
export class FifoTimerQueue implements TimerQueue {
  #head: TimerEntry | null = null;
  #tail: TimerEntry | null = null;

  /** `fromMs` is not before that of the one added last, and `delayMs` the same. */
  add(waiting: TimerEntry, fromMs: number, delayMs: number): void {
    waiting.dueMs = fromMs + delayMs;
    waiting.next = null;
    if (this.#tail) this.#tail.next = waiting;
    else this.#head = waiting;
    this.#tail = waiting;
  }

  nextDueMs(): number {
    while (this.#head?.cancelled) this.#dropHead();
    return this.#head?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  releaseDue(now: () => number, most = Number.POSITIVE_INFINITY): void {
    for (let released = 0; released < most; released++) {
      const dueMs = this.nextDueMs();
      const head = this.#head;
      if (!head) return;
      const nowMs = now();
      if (dueMs > nowMs) return;
      this.#dropHead();
      head.release(nowMs);
    }
  }

  #dropHead(): void {
    this.#head = this.#head?.next ?? null;
    if (!this.#head) this.#tail = null;
  }
}

/** Whatever is due first comes first, for waits of different lengths: a binary heap. */
export class HeapTimerQueue implements TimerQueue {
  readonly #heap: TimerEntry[] = [];

  add(waiting: TimerEntry, fromMs: number, delayMs: number): void {
    waiting.dueMs = fromMs + delayMs;
    let at = this.#heap.length;
    this.#heap.push(waiting);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#heap[parentAt];
      if (!parent || parent.dueMs <= waiting.dueMs) break;
      this.#heap[at] = parent;
      at = parentAt;
    }
    this.#heap[at] = waiting;
  }

  nextDueMs(): number {
    while (this.#heap[0]?.cancelled) this.#dropFirst();
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  releaseDue(now: () => number, most = Number.POSITIVE_INFINITY): void {
    for (let released = 0; released < most; released++) {
      const dueMs = this.nextDueMs();
      const first = this.#heap[0];
      if (!first) return;
      const nowMs = now();
      if (dueMs > nowMs) return;
      this.#dropFirst();
      first.release(nowMs);
    }
  }

  #dropFirst(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    const size = this.#heap.length;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = this.#heap[childAt];
      if (childAt >= size || !child) break;
      const right = this.#heap[childAt + 1];
      if (right && right.dueMs < child.dueMs) {
        child = right;
        childAt++;
      }
      if (child.dueMs >= last.dueMs) break;
      this.#heap[at] = child;
      at = childAt;
    }
    this.#heap[at] = last;
  }
}
