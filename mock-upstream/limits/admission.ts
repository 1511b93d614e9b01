/** A request that wants to be worked on. */
export interface Admitted {
  /** It has left the queue by itself: its client is gone. */
  readonly cancelled: boolean;
  /** Its turn has come. Called later than `enter`, and not at all where `enter` let it in at once. */
  onAdmitted(): void;
}

/** Lets so many requests in at a time; the others wait in a queue, first in, first out. */
export class Admission {
  #active = 0;
  readonly #waiting: Admitted[] = [];

  /**
   * @param concurrency null for no limit
   * @param queueLength how many may wait; null for no limit
   */
  constructor(
    private readonly concurrency: number | null,
    private readonly queueLength: number | null,
  ) {}

  get active(): number {
    return this.#active;
  }

  get queued(): number {
    return this.#waiting.reduce((sum, { cancelled }) => (cancelled ? sum : sum + 1), 0);
  }

  /** Each request that was let in, at once or later, must {@link leave}. */
  enter(request: Admitted): 'admitted' | 'queued' | 'refused' {
    if (this.concurrency === null || this.#active < this.concurrency) {
      this.#active++;
      return 'admitted';
    }
    if (this.queueLength !== null && this.queued >= this.queueLength) return 'refused';
    this.#waiting.push(request);
    return 'queued';
  }

  /** A request is done with: the next one comes in. */
  leave(): void {
    this.#active--;
    for (;;) {
      const next = this.#waiting.shift();
      if (!next) return;
      if (next.cancelled) continue;
      this.#active++;
      next.onAdmitted();
      return;
    }
  }
}
