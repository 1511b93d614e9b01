/**
 * The time of day by a clock that never jumps: read from the wall clock once, and counted on by the monotonic one. A run
 * that began at ten and took an hour ends at eleven, whatever was done to the wall clock meanwhile.
 */
export class RunClock {
  readonly #offsetMs: number;

  /**
   * @param wallMs milliseconds since the epoch, by the wall clock
   * @param monotonicMs milliseconds since any fixed moment
   */
  constructor(
    private readonly wallMs: () => number,
    private readonly monotonicMs: () => number,
  ) {
    this.#offsetMs = wallMs() - monotonicMs();
  }

  /** Milliseconds since the epoch. */
  epochMs(): number {
    return this.#offsetMs + this.monotonicMs();
  }

  /** ISO 8601 in UTC. */
  now(): string {
    return new Date(this.epochMs()).toISOString();
  }

  /** How far the wall clock is ahead of this one, in milliseconds; negative where it is behind. */
  wallAheadMs(): number {
    return this.wallMs() - this.epochMs();
  }

  /** The moment of this clock at which a program of this machine read its wall clock, not long ago. */
  fromWallMs(wallMs: number): number {
    return wallMs - this.wallAheadMs();
  }
}

/** This process's clock. A run is measured by one process, and so has one. */
export const runClock = new RunClock(
  () => Date.now(),
  () => performance.now(),
);
