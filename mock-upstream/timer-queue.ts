/** A thing that waits for its moment, in one line at a time. */
export interface Waiting {
  /** When it falls due, in milliseconds of one monotonic clock. */
  dueMs: number;
  /** The next in its line. */
  next: Waiting | null;
  /** It won't be released; its place in the line goes when its turn comes. */
  cancelled: boolean;
  /** Called once, unless cancelled. */
  release(nowMs: number): void;
}

/** A line of what waits. Times are milliseconds of one monotonic clock, handed in. */
export interface DueLine {
  /** @param fromMs when the wait began */
  add(waiting: Waiting, fromMs: number, delayMs: number): void;
  /** When the next one falls due; Infinity when nothing waits. */
  nextDueMs(): number;
  /** Release those that are due, the first ones first. `now` is asked again for each, because releasing takes time. */
  releaseDue(now: () => number, most?: number): void;
}

/**
 * First in, first out: all that wait here wait equally long, so they fall due in the order in which they came, and a
 * linked list does what would otherwise take a heap.
 */
export class DueQueue implements DueLine {
  #head: Waiting | null = null;
  #tail: Waiting | null = null;

  /** `fromMs` is not before that of the one added last, and `delayMs` the same. */
  add(waiting: Waiting, fromMs: number, delayMs: number): void {
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
