import { encodeHistogram, newHistogram, recordUs } from '../../common/histogram.js';
import type { ArrivalCounts } from '../model/arrivals.js';
import type { LoadArrivals } from './engine.js';
import { sum } from './sums.js';

/** As late as this, a request left on time: as with the mock's lateness, more is what most gateways add (ours). */
const SLIP_US = 5_000;

/** What one worker, or one host, did with its arrivals. */
export interface ArrivalReport extends Omit<ArrivalCounts, keyof LoadArrivals> {
  /** Encoded: from the due time to the write, of every request that was written in the window. */
  sendDelayHistogram: string;
  /** Encoded: from the write to the last byte, of successes. */
  rawHistogram: string;
}

/** The arrivals of one worker, counted as they are sent or given up, and at the window's end. */
export class ArrivalAccounting {
  readonly #sendDelays = newHistogram();
  readonly #raw = newHistogram();
  #sent = 0;
  #unsent = 0;
  #carriedIn = 0;
  #heldBack = 0;
  #slipped = 0;
  #inFlightMax = 0;

  constructor(private readonly windowStartUs: number) {}

  /** A request was written in the window. @param heldBack it had waited because too many were in flight */
  sent(dueUs: number, writtenUs: number, heldBack: boolean, inFlight: number): void {
    recordUs(this.#sendDelays, writtenUs - dueUs);
    if (inFlight > this.#inFlightMax) this.#inFlightMax = inFlight;
    if (dueUs < this.windowStartUs) {
      this.#carriedIn += 1;
      return;
    }
    this.#sent += 1;
    if (heldBack) this.#heldBack += 1;
    else if (writtenUs - dueUs > SLIP_US) this.#slipped += 1;
  }

  /** A request was given up, or still waits when the window ends. @param closedUs when that is */
  notSent(dueUs: number, heldBack: boolean, closedUs: number): void {
    if (dueUs < this.windowStartUs || dueUs >= closedUs) return;
    this.#unsent += 1;
    if (heldBack) this.#heldBack += 1;
    else this.#slipped += 1;
  }

  succeeded(rawUs: number): void {
    recordUs(this.#raw, rawUs);
  }

  /** @param planned arrivals that fell due in the window, counted by the schedule alone */
  report(planned: number): ArrivalReport {
    return {
      planned,
      sent: this.#sent,
      unsent: this.#unsent,
      carriedIn: this.#carriedIn,
      heldBack: this.#heldBack,
      slipped: this.#slipped,
      inFlightMax: this.#inFlightMax,
      sendDelayHistogram: encodeHistogram(this.#sendDelays),
      rawHistogram: encodeHistogram(this.#raw),
    };
  }
}

/**
 * Several workers' arrivals together, beside what was planned.
 * @throws a plain Error where a request was forgotten or counted twice: only a bug can do that
 */
export function sumArrivals(reports: readonly ArrivalReport[], plan: LoadArrivals): ArrivalCounts {
  const total = (field: Exclude<keyof ArrivalCounts, keyof LoadArrivals | 'inFlightMax' | 'slipped'>) =>
    sum(reports.map((report) => report[field]));
  const counts = {
    ratePerSec: plan.ratePerSec,
    distribution: plan.distribution,
    seed: plan.seed,
    maxInFlight: plan.maxInFlight,
    planned: total('planned'),
    sent: total('sent'),
    unsent: total('unsent'),
    carriedIn: total('carriedIn'),
    heldBack: total('heldBack'),
    slipped: sum(reports.map((report) => report.slipped ?? 0)),
    // Of workers that need not have been at their most at the same moment: at most so many.
    inFlightMax: reports.some(({ inFlightMax }) => inFlightMax === null)
      ? null
      : sum(reports.map(({ inFlightMax }) => inFlightMax ?? 0)),
  };
  if (counts.planned !== counts.sent + counts.unsent) {
    throw new Error(
      `the arrivals of the load do not balance: ${counts.planned} planned, but ${counts.sent} sent + ${counts.unsent} unsent`,
    );
  }
  return counts;
}
