import { performance } from 'node:perf_hooks';
import { newRandom } from '../../../common/random.js';
import { startTimerThread, type TimerThread } from '../../../common/timer/timer.js';
import type { LoadBounds, RequestAccounting } from '../accounting.js';
import { ArrivalAccounting, type ArrivalReport } from '../arrival-accounting.js';
import { ArrivalSchedule, type Arrivals, type ScheduleShare } from '../arrival-schedule.js';
import type { LoadArrivals, LoadSpec } from '../engine.js';
import { rateSegments } from '../load-segments.js';
import { monotonicUs } from '../monotonic-clock.js';
import { RecordedSchedule } from '../recorded-schedule.js';
import type { Pacer, Sender } from './vu-context.js';

/** The timer wakes up to 0.1 ms early: this close, wait for the moment rather than set it again. */
const SPIN_US = 60;

export interface OpenLoopWork {
  spec: LoadSpec;
  arrivals: LoadArrivals;
  /** This worker's part of `maxInFlight`. */
  vus: number;
  share: ScheduleShare;
  bounds: LoadBounds;
  accounting: RequestAccounting;
  /** One more connection, at rest. */
  newUser(): Sender;
}

/**
 * Sends each request at its time, whatever the responses do. A request that may not be sent, because as many are in flight
 * as may be, is not forgotten: it leaves as soon as another ends, and its latency still counts from when it was due (wrk2),
 *
 *     due ........ written ============ last byte
 *      | send delay  |      raw latency     |
 *      |              latency               |
 *
 * or it is given up after the time-out and counts as unsent. Requests that wait are in order, and are the next ones of the
 * schedule: no queue has to hold them.
 */
export class OpenLoop implements Pacer {
  readonly backsOff = false;
  readonly #schedule: Arrivals;
  readonly #counts: ArrivalAccounting;
  readonly #timer: TimerThread;
  readonly #maxInFlight: number;
  readonly #timeoutUs: number;
  /** Those that rest, the last one that became free on top: it is warm, and others may be closed by their peer. */
  readonly #resting: Sender[] = [];
  #inFlight = 0;
  #dueUs: number;
  /** Until then as many requests were in flight as may be. */
  #fullUntilUs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly work: OpenLoopWork,
    newTimer: (onWake: () => void) => TimerThread = startTimerThread,
  ) {
    const { spec, vus, bounds } = work;
    this.#schedule = this.#newSchedule();
    this.#counts = new ArrivalAccounting(bounds.windowStartUs);
    this.#maxInFlight = vus;
    this.#timeoutUs = spec.timeoutS * 1e6;
    this.#dueUs = bounds.beginUs + this.#schedule.nextUs;
    this.#timer = newTimer(() => this.#sendDue(monotonicUs()));
  }

  /** Which request of a recording is sent next; 0 where arrivals aren't recorded. */
  get request(): number {
    return this.#schedule.request;
  }

  begin(): void {
    this.#sendDue(monotonicUs());
  }

  /** A request ended. */
  released(user: Sender, nowUs: number): void {
    if (this.#inFlight === this.#maxInFlight) this.#fullUntilUs = nowUs;
    this.#inFlight -= 1;
    this.#resting.push(user);
    if (this.#dueUs <= nowUs) this.#sendDue(nowUs);
  }

  /** A success in the window took so long from its write. */
  succeeded(rawUs: number): void {
    this.#counts.succeeded(rawUs);
  }

  /** @param closedUs when the window ended */
  report(closedUs: number): ArrivalReport {
    const { beginUs, windowStartUs } = this.work.bounds;
    while (this.#dueUs < closedUs) {
      this.#counts.notSent(this.#dueUs, this.#isHeldBack(), closedUs);
      this.#advance();
    }
    // Once more from the start, so that it is known apart from what was sent.
    const all = this.#newSchedule();
    let planned = 0;
    for (; beginUs + all.nextUs < closedUs; all.advance()) if (beginUs + all.nextUs >= windowStartUs) planned += 1;
    return this.#counts.report(planned);
  }

  #sendDue(fromUs: number): void {
    const { accounting } = this.work;
    let nowUs = fromUs;
    for (;;) {
      if (accounting.closed) return;
      const earlyUs = this.#dueUs - nowUs;
      if (earlyUs > SPIN_US) break;
      if (earlyUs > 0) {
        nowUs = monotonicUs();
        continue;
      }
      if (-earlyUs >= this.#timeoutUs) {
        accounting.advance(nowUs);
        if (accounting.closed) return;
        this.#counts.notSent(this.#dueUs, this.#isHeldBack(), Number.POSITIVE_INFINITY);
      } else if (this.#inFlight === this.#maxInFlight) {
        // Whoever ends a request comes back here; until the time-out of the first that waits, nothing else is due.
        this.#timer.setFor(performance.now() + (this.#timeoutUs + earlyUs) / 1000);
        return;
      } else {
        this.#send();
      }
      this.#advance();
      nowUs = monotonicUs();
    }
    if (this.#dueUs !== Number.POSITIVE_INFINITY) this.#timer.setFor(performance.now() + (this.#dueUs - nowUs) / 1000);
  }

  #send(): void {
    const heldBack = this.#isHeldBack();
    const user = this.#resting.pop() ?? this.work.newUser();
    this.#inFlight += 1;
    const writtenUs = user.send(this.#dueUs);
    const { accounting, bounds } = this.work;
    if (accounting.inWindow) this.#counts.sent(this.#dueUs, writtenUs, heldBack, this.#inFlight);
    // The window ended between the look at the clock and the write.
    else if (accounting.closed) this.#counts.notSent(this.#dueUs, heldBack, bounds.windowEndUs);
  }

  #isHeldBack(): boolean {
    return this.#inFlight === this.#maxInFlight || this.#dueUs < this.#fullUntilUs;
  }

  #advance(): void {
    this.#schedule.advance();
    this.#dueUs = this.work.bounds.beginUs + this.#schedule.nextUs;
  }

  #newSchedule(): Arrivals {
    const { spec, arrivals, share } = this.work;
    const { recordedS } = arrivals;
    if (recordedS !== undefined) {
      const { warmupS, durationS } = spec;
      const periodS = recordedS.length / arrivals.ratePerSec;
      return new RecordedSchedule({ recordedS, periodS, warmupS, durationS }, share);
    }
    const random = arrivals.distribution === 'poisson' ? newRandom(arrivals.seed, share.worker) : null;
    return new ArrivalSchedule(rateSegments(spec, arrivals), share, random);
  }
}
