import type { Arrivals, ScheduleShare } from './arrival-schedule.js';

/** A recording as a load replays it. */
export interface Recording {
  /** When each request is due after the first one, in order. */
  recordedS: readonly number[];
  /** From one beginning of the recording to the next, where the load lasts longer. */
  periodS: number;
  warmupS: number;
  durationS: number;
}

/**
 * Arrivals at recorded times, over and over. The window begins with the first request of the recording, whatever the
 * warm-up had come to, so that it holds the same requests however long the warm-up was:
 *
 *     warm-up | window
 *     1 2 3 1 | 1 2 3 1 2 ...
 *
 * Of several workers, each takes every n-th arrival.
 */
export class RecordedSchedule implements Arrivals {
  #arrival = -1;
  #request = -1;
  #passBeganS = 0;
  #inWindow = false;
  #nextUs = 0;

  constructor(
    private readonly recording: Recording,
    private readonly share: ScheduleShare,
  ) {
    this.advance();
  }

  get nextUs(): number {
    return this.#nextUs;
  }

  get request(): number {
    return this.#request;
  }

  advance(): void {
    const { worker, workers } = this.share;
    do this.#step();
    while (this.#arrival % workers !== worker && this.#nextUs !== Number.POSITIVE_INFINITY);
  }

  #step(): void {
    const { recordedS, periodS, warmupS, durationS } = this.recording;
    this.#arrival += 1;
    this.#request += 1;
    if (this.#request === recordedS.length) {
      this.#request = 0;
      this.#passBeganS += periodS;
    }
    let atS = this.#atS();
    if (!this.#inWindow && atS >= warmupS) {
      this.#inWindow = true;
      this.#request = 0;
      this.#passBeganS = warmupS;
      atS = this.#atS();
    }
    this.#nextUs = atS < warmupS + durationS ? atS * 1e6 : Number.POSITIVE_INFINITY;
  }

  #atS(): number {
    return this.#passBeganS + (this.recording.recordedS[this.#request] ?? 0);
  }
}
