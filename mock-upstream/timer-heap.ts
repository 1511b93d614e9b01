import type { DueLine, Waiting } from './timer-queue.js';

/** Whatever is due first comes first, for waits of different lengths: a binary heap. */
export class DueHeap implements DueLine {
  readonly #heap: Waiting[] = [];

  add(waiting: Waiting, fromMs: number, delayMs: number): void {
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
