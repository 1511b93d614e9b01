/** Calls an action when it is asked to, but never more often than `minMs` allows, and after `maxMs` unasked. */
export class Pacer {
  #timer: NodeJS.Timeout | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(
    private readonly action: () => void,
    private readonly bounds: { minMs: number; maxMs: number },
  ) {}

  /** At once, or as soon as `minMs` have passed since the last call. */
  request(): void {
    if (this.#stopped) return;
    const waitMs = this.#lastMs + this.bounds.minMs - performance.now();
    if (waitMs <= 0) this.#run();
    else this.#schedule(waitMs);
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#lastMs = performance.now();
    this.#schedule(this.bounds.maxMs);
    this.action();
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), Math.ceil(afterMs));
  }
}
