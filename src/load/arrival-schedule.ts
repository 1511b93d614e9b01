import type { Random } from '../../common/random.js';

/** A part of a load in which the rate is constant, or changes linearly. */
export interface RateSegment {
  durationS: number;
  fromPerSec: number;
  toPerSec: number;
}

/** One worker's arrivals among all of them. */
export interface ScheduleShare {
  /** From 0. */
  worker: number;
  workers: number;
}

/** When requests arrive, whatever the responses do. */
export interface Arrivals {
  /** When the next request arrives, in microseconds since the load began; infinite after the last. */
  readonly nextUs: number;
  /** Which of a recording's requests that is, from 0; always 0 where arrivals aren't recorded. */
  readonly request: number;
  /** Go on to the one after it. */
  advance(): void;
}

/**
 * Arrivals at a rate.
 *
 * Arrivals are drawn on the axis of the expected count, where the rate is 1, and brought back to time: `L(t)` is the
 * integral of the rate (Cinlar 1975, inversion for non-stationary processes). Constant arrivals are a whole 1 apart there,
 * those of a Poisson process exponential. Of several workers, each takes every n-th constant arrival; n Poisson processes
 * with an n-th of the rate are together one with the whole.
 */
export class ArrivalSchedule implements Arrivals {
  readonly request = 0;
  readonly #segments: readonly RateSegment[];
  readonly #step: () => number;
  #segment = 0;
  /** Of the segments before this one: their time, and arrivals that were expected in them. */
  #beganS = 0;
  #expectedBefore = 0;
  #target: number;
  #nextUs = 0;

  /** @param random for a Poisson process, of this worker alone; null for constant arrivals */
  constructor(segments: readonly RateSegment[], { worker, workers }: ScheduleShare, random: Random | null) {
    this.#segments = segments;
    this.#step = random === null ? () => workers : () => -Math.log(1 - random()) * workers;
    this.#target = random === null ? worker : this.#step();
    this.#nextUs = this.#timeOf(this.#target);
  }

  get nextUs(): number {
    return this.#nextUs;
  }

  advance(): void {
    this.#target += this.#step();
    this.#nextUs = this.#timeOf(this.#target);
  }

  /** Targets only grow, so that segments are left behind for good. */
  #timeOf(target: number): number {
    for (;;) {
      const segment = this.#segments[this.#segment];
      if (segment === undefined) return Number.POSITIVE_INFINITY;
      const { durationS, fromPerSec, toPerSec } = segment;
      const expected = ((fromPerSec + toPerSec) / 2) * durationS;
      const within = target - this.#expectedBefore;
      if (within < expected) return (this.#beganS + secondsUntil(within, segment)) * 1e6;
      this.#segment += 1;
      this.#beganS += durationS;
      this.#expectedBefore += expected;
    }
  }
}

/** Where the integral of a linear rate reaches this count: `a t + (b - a) t^2 / 2d = count`, in a form that is exact for a = b too. */
function secondsUntil(count: number, { durationS, fromPerSec, toPerSec }: RateSegment): number {
  if (count === 0) return 0;
  const slope = (toPerSec - fromPerSec) / durationS;
  return (2 * count) / (fromPerSec + Math.sqrt(Math.max(0, fromPerSec ** 2 + 2 * slope * count)));
}
