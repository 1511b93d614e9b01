import type { Phase, Sample } from '../model/resources.js';
import type { RawSample } from '../sampling/sampler.js';

/** Puts samples on the cell's own time: seconds since its window began, and the phase they fall in. */
export class CellTimeline {
  #phase: Phase = 'idle';
  #windowStartMs: number;

  /** @param expectedWindowStartMs on the clock of performance.now(), until the engine says when it really was */
  constructor(expectedWindowStartMs: number) {
    this.#windowStartMs = expectedWindowStartMs;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  windowBegan(atMs: number): void {
    this.#windowStartMs = atMs;
    this.#phase = 'window';
  }

  /** Seconds since the window began, negative before it. */
  atS(nowMs: number): number {
    return (nowMs - this.#windowStartMs) / 1000;
  }

  get phase(): Phase {
    return this.#phase;
  }

  place({ takenAtMs, ...readings }: RawSample): Sample {
    return { atS: Math.round(this.atS(takenAtMs) * 1000) / 1000, phase: this.#phase, ...readings };
  }
}
