/** An entry of one timer queue at a time. */
export interface TimerEntry {
  /** When it falls due, in milliseconds of one monotonic clock. */
  dueMs: number;
  /** The next in its queue. */
  next: TimerEntry | null;
  /** It won't be released; the queue drops it when its turn comes. */
  cancelled: boolean;
  /** Called once, unless cancelled. */
  release(nowMs: number): void;
}

/** Entries that wait to be released. Times are milliseconds of one monotonic clock. */
export interface TimerQueue {
  /** @param fromMs when the wait began */
  add(entry: TimerEntry, fromMs: number, delayMs: number): void;
  /** When the next entry falls due; Infinity for an empty queue. */
  nextDueMs(): number;
  /** Release entries that are due, in order. Releasing takes time, so `now` is called for each. */
  releaseDue(now: () => number, max?: number): void;
}

/**
 * First in, first out: all entries wait equally long, so they fall due in the order in which they were added, and a
 * linked list replaces a heap.
 */
export class FifoTimerQueue implements TimerQueue {
  #head: TimerEntry | null = null;
  #tail: TimerEntry | null = null;

  /** Entries are added in order of `fromMs`, all with the same `delayMs`. */
  add(entry: TimerEntry, fromMs: number, delayMs: number): void {
    entry.dueMs = fromMs + delayMs;
    entry.next = null;
    if (this.#tail) this.#tail.next = entry;
    else this.#head = entry;
    this.#tail = entry;
  }

  nextDueMs(): number {
    while (this.#head?.cancelled) this.#dropHead();
    return this.#head?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  releaseDue(now: () => number, max = Number.POSITIVE_INFINITY): void {
    for (let released = 0; released < max; released++) {
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
    const dropped = this.#head;
    this.#head = dropped?.next ?? null;
    if (!this.#head) this.#tail = null;
    // One that an old heap holds until its next full collection would hold all that came after it.
    if (dropped) dropped.next = null;
  }
}

/** A binary heap, for waits of different lengths. */
export class HeapTimerQueue implements TimerQueue {
  readonly #heap: TimerEntry[] = [];

  add(entry: TimerEntry, fromMs: number, delayMs: number): void {
    entry.dueMs = fromMs + delayMs;
    let at = this.#heap.length;
    this.#heap.push(entry);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#heap[parentAt];
      if (!parent || parent.dueMs <= entry.dueMs) break;
      this.#heap[at] = parent;
      at = parentAt;
    }
    this.#heap[at] = entry;
  }

  nextDueMs(): number {
    while (this.#heap[0]?.cancelled) this.#dropFirst();
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  releaseDue(now: () => number, max = Number.POSITIVE_INFINITY): void {
    for (let released = 0; released < max; released++) {
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
