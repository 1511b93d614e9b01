/** A thing that waits for its moment. */
export interface Waiting {
  readonly dueMs: number;
  /** Called once, with how late the moment is. Null once released or cancelled. */
  release: ((latenessMs: number) => void) | null;
  next: Waiting | null;
}

/**
 * First in, first out: all that wait here wait equally long, so they fall due in the order in which they came, and a
 * linked list does what would otherwise take a heap.
 *
 * Times are milliseconds of one monotonic clock, handed in.
 */
export class DueQueue {
  #head: Waiting | null = null;
  #tail: Waiting | null = null;

  constructor(readonly delayMs: number) {}

  /** @param fromMs when the wait began; not before that of the one added last */
  add(fromMs: number, release: (latenessMs: number) => void): Waiting {
    const waiting: Waiting = { dueMs: fromMs + this.delayMs, release, next: null };
    if (this.#tail) this.#tail.next = waiting;
    else this.#head = waiting;
    this.#tail = waiting;
    return waiting;
  }

  /** When the next one falls due; Infinity when nothing waits. */
  nextDueMs(): number {
    while (this.#head?.release === null) this.#dropHead();
    return this.#head?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Release all that are due. `now` is asked again for each, because releasing takes time. */
  releaseDue(now: () => number): void {
    for (;;) {
      const dueMs = this.nextDueMs();
      const head = this.#head;
      if (!head) return;
      const nowMs = now();
      if (dueMs > nowMs) return;
      this.#dropHead();
      const release = head.release;
      head.release = null;
      release?.(nowMs - dueMs);
    }
  }

  #dropHead(): void {
    this.#head = this.#head?.next ?? null;
    if (!this.#head) this.#tail = null;
  }
}

/** It won't be released. Its place in the queue goes when its turn comes. */
export function cancel(waiting: Waiting): void {
  waiting.release = null;
}
