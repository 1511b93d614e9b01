import { encodeHistogram, type Histogram, newHistogram, recordUs } from '../../common/histogram.js';
import type { FailureClass, RetryAfter } from '../model/load.js';
import { ClassAccounting, NO_CLASS } from './class-accounting.js';
import { type Failure, failureExample } from './failure-class.js';
import { FAILURE_EXAMPLES, sumRetryAfter, type WorkerReport, type WorkerSecond } from './worker-report.js';

/** Times of a load on the machine's monotonic clock, the same in every worker. */
export interface LoadBounds {
  beginUs: number;
  windowStartUs: number;
  windowEndUs: number;
}

export interface AccountingEvents {
  opened(): void;
  closed(): void;
  second(second: WorkerSecond): void;
}

/**
 * The request accounting of one worker. Requests are counted by event timestamps, not by timers: an event at or after
 * the window's start or end first opens or closes it. So the window is exact however late a timer fires.
 *
 *     sent = inFlightAtStart + written in the window        counted when requests are written
 *          = ok + failed + inFlightAtEnd  counted when they end, and from the VUs at the window's end
 */
export class RequestAccounting {
  #phase: 'warmup' | 'window' | 'closed' = 'warmup';
  #inFlightAtStart = 0;
  #written = 0;
  #writtenEver = 0;
  #okEver = 0;
  #ok = 0;
  #inFlightAtEnd = 0;
  readonly #failed: Partial<Record<FailureClass, number>> = {};
  readonly #statusCodes: Record<string, number> = {};
  /** Successes that came in one read: their first byte and their last have one time. */
  readonly #wholeHistogram = newHistogram();
  /** Successes that came in several: last bytes and first ones. */
  readonly #lastByteHistogram = newHistogram();
  readonly #firstByteHistogram = newHistogram();
  readonly #failedHistogram = newHistogram();
  readonly #connectHistogram = newHistogram();
  #responseUsSum = 0;
  #inFlightUs = 0;
  #backOffUs = 0;
  #reopened = 0;
  #retryAfter: RetryAfter | null = null;
  #completions = 0;
  #bytes = 0;
  #closedAtUs = 0;
  readonly #examples = new Map<string, string>();
  #second = 0;
  #secondFailed = 0;
  readonly #secondLatencies = new LatencyList();
  /** Nothing but counts changes before: most events need one comparison. */
  #nextUs: number;

  readonly #classes: readonly ClassAccounting[];

  /**
   * @param classes of a mix that are counted apart
   * @param waiting returns when each request in flight was written; called at the window's start and end
   */
  constructor(
    private readonly bounds: LoadBounds,
    private readonly waiting: () => readonly number[],
    private readonly events: AccountingEvents,
    classes = 0,
  ) {
    this.#nextUs = this.#nextMoveUs();
    this.#classes = Array.from({ length: classes }, () => new ClassAccounting());
  }

  /** As of the last event that was told. */
  get inWindow(): boolean {
    return this.#phase === 'window';
  }

  get closed(): boolean {
    return this.#phase === 'closed';
  }

  wrote(atUs: number): void {
    this.advance(atUs);
    this.#writtenEver += 1;
    if (this.#phase === 'window') this.#written += 1;
  }

  /** A request was written again, on a new connection: it is still the same request. */
  reopened(atUs: number): void {
    this.advance(atUs);
    this.#writtenEver += 1;
    if (this.#phase === 'window') this.#reopened += 1;
  }

  /** A VU waits from now on; what of that is in the window counts. */
  backedOff(atUs: number, forUs: number): void {
    this.advance(atUs);
    if (this.#phase === 'closed') return;
    const { windowStartUs, windowEndUs } = this.bounds;
    this.#backOffUs += Math.max(0, Math.min(atUs + forUs, windowEndUs) - Math.max(atUs, windowStartUs));
  }

  received(atUs: number, bytes: number): void {
    this.advance(atUs);
    if (this.#phase === 'window') this.#bytes += bytes;
  }

  /** A connection was made, this long after it was asked for. */
  connected(atUs: number, connectUs: number): void {
    this.advance(atUs);
    if (this.#phase !== 'closed') recordUs(this.#connectHistogram, connectUs);
  }

  /**
   * @param firstByteUs as the latency, but to the answer's first byte; the latency itself where all came in one read
   * @param inFlightUs since the write, where the latency counts from an earlier moment
   */
  succeeded(atUs: number, latencyUs: number, firstByteUs: number, classIndex = NO_CLASS, inFlightUs = latencyUs): void {
    this.advance(atUs);
    if (this.#phase === 'closed') return;
    this.#okEver += 1;
    this.#secondLatencies.push(latencyUs);
    if (this.#phase !== 'window') return;
    this.#ok += 1;
    if (classIndex !== NO_CLASS) this.#classes[classIndex]?.succeeded(latencyUs, firstByteUs);
    if (firstByteUs === latencyUs) {
      recordUs(this.#wholeHistogram, latencyUs);
    } else {
      recordUs(this.#lastByteHistogram, latencyUs);
      recordUs(this.#firstByteHistogram, firstByteUs);
    }
    this.#completed(atUs, inFlightUs);
  }

  failed(atUs: number, latencyUs: number, failure: Failure, classIndex = NO_CLASS, inFlightUs = latencyUs): void {
    this.advance(atUs);
    if (this.#phase === 'closed') return;
    this.#secondFailed += 1;
    if (this.#phase !== 'window') return;
    if (classIndex !== NO_CLASS) this.#classes[classIndex]?.failed(failure.class);
    this.#failed[failure.class] = (this.#failed[failure.class] ?? 0) + 1;
    if (failure.status !== undefined && failure.status !== 200) {
      this.#statusCodes[failure.status] = (this.#statusCodes[failure.status] ?? 0) + 1;
    }
    if (failure.retryAfterS !== undefined) {
      const one = { responses: 1, minS: failure.retryAfterS, maxS: failure.retryAfterS };
      this.#retryAfter = this.#retryAfter === null ? one : sumRetryAfter(this.#retryAfter, one);
    }
    recordUs(this.#failedHistogram, latencyUs);
    this.#completed(atUs, inFlightUs);
    this.#keepExample(failure);
  }

  /** Open or close the window, and end the seconds that are over. */
  advance(atUs: number): void {
    if (atUs < this.#nextUs) return;
    if (this.#phase === 'warmup' && atUs >= this.bounds.windowStartUs) this.#openWindow();
    if (this.#phase === 'window' && atUs >= this.bounds.windowEndUs) this.#closeWindow(this.bounds.windowEndUs);
    if (this.#phase !== 'closed') this.#endSecondsBefore(atUs);
    this.#nextUs = this.#nextMoveUs();
  }

  /** Close early, in the warm-up or in the window. */
  close(atUs: number): void {
    this.advance(atUs);
    if (this.#phase !== 'closed') this.#closeWindow(atUs);
    this.#nextUs = this.#nextMoveUs();
  }

  report(): WorkerReport {
    const sumOf = (parts: Histogram[]) => {
      const sum = newHistogram();
      for (const part of parts) sum.add(part);
      return encodeHistogram(sum);
    };
    return {
      requests: {
        sent: this.#inFlightAtStart + this.#written,
        ok: this.#ok,
        failed: this.#failed,
        inFlightAtEnd: this.#inFlightAtEnd,
        inFlightAtStart: this.#inFlightAtStart,
        reopened: this.#reopened,
        ...(this.#retryAfter === null ? {} : { retryAfter: this.#retryAfter }),
        statusCodes: this.#statusCodes,
      },
      wholeLoad: { ok: this.#okEver, sentAtMost: this.#writtenEver },
      okHistogram: sumOf([this.#wholeHistogram, this.#lastByteHistogram]),
      failedHistogram: encodeHistogram(this.#failedHistogram),
      firstByteHistogram: sumOf([this.#wholeHistogram, this.#firstByteHistogram]),
      connectHistogram: encodeHistogram(this.#connectHistogram),
      responseUsSum: this.#responseUsSum,
      inFlightUsSum: this.#inFlightUs,
      backOffUsSum: this.#backOffUs,
      completions: this.#completions,
      bytesReceived: this.#bytes,
      closedAtUs: this.#closedAtUs,
      failureExamples: [...this.#examples.values()],
      classes: this.#classes.map((each) => each.report()),
    };
  }

  #openWindow(): void {
    this.#endSecondsBefore(this.bounds.windowStartUs);
    if (this.#beganUs() < this.bounds.windowStartUs) this.#endSecond();
    this.#phase = 'window';
    this.#inFlightAtStart = this.waiting().length;
    this.events.opened();
  }

  #closeWindow(atUs: number): void {
    this.#endSecondsBefore(atUs);
    // On a whole second there is nothing left to end: the next one never began.
    if (this.#beganUs() < atUs) this.#endSecond();
    if (this.#phase === 'window') {
      const waiting = this.waiting();
      this.#inFlightAtEnd = waiting.length;
      for (const writtenUs of waiting) this.#inFlightUs += atUs - Math.max(writtenUs, this.bounds.windowStartUs);
    }
    this.#phase = 'closed';
    this.#closedAtUs = atUs;
    this.events.closed();
  }

  #completed(atUs: number, inFlightUs: number): void {
    this.#inFlightUs += Math.min(inFlightUs, atUs - this.bounds.windowStartUs);
    this.#responseUsSum += inFlightUs;
    this.#completions += 1;
  }

  #keepExample(failure: Failure): void {
    if (this.#examples.size >= FAILURE_EXAMPLES) return;
    const kind = `${failure.class} ${failure.problem ?? failure.status ?? failure.detail}`;
    if (!this.#examples.has(kind)) this.#examples.set(kind, failureExample(failure));
  }

  #nextMoveUs(): number {
    if (this.#phase === 'closed') return Number.POSITIVE_INFINITY;
    const { windowStartUs, windowEndUs } = this.bounds;
    return Math.min(this.#phase === 'warmup' ? windowStartUs : windowEndUs, this.#beganUs() + 1_000_000);
  }

  #beganUs(): number {
    return this.bounds.beginUs + this.#second * 1_000_000;
  }

  #endSecondsBefore(atUs: number): void {
    while (atUs >= this.#beganUs() + 1_000_000) {
      this.#endSecond();
      this.#second += 1;
    }
  }

  #endSecond(): void {
    if (this.#phase === 'closed') return;
    const latenciesUs = this.#secondLatencies.take();
    this.events.second({
      second: this.#second,
      phase: this.#phase,
      ok: latenciesUs.length,
      failed: this.#secondFailed,
      latenciesUs,
    });
    this.#secondFailed = 0;
  }
}

/** More than one worker has reached in a second; the list grows if need be. */
const FIRST_SIZE = 32_768;

/** Whole microseconds, without an object for each. */
export class LatencyList {
  #values = new Uint32Array(FIRST_SIZE);
  #length = 0;

  push(latencyUs: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = Math.round(latencyUs);
    this.#length += 1;
  }

  /** Return all values in order, and empty the list. */
  take(): Uint32Array {
    const taken = this.#values.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
