import { performance } from 'node:perf_hooks';
import { startTimerThread, type TimerThread } from './timer.js';
import type { TimerEntry, TimerQueue } from './timer-queue.js';

const NEVER_MS = Number.POSITIVE_INFINITY;

/** An alarm that rings this little too early is answered by waiting, not by setting it again. */
const SPIN_MS = 0.06;

/**
 * After so many releases the event loop gets to read what has come in. Each release makes a client send its next request; if
 * those weren't read before all releases are done, a hundred that fall due together would be read together,
 * fall due together again, and be joined by each that comes in meanwhile. Taken in turns, they drift apart.
 */
const MAX_AT_ONCE = 8;
/** After a read, the same: one for each keeps pace. */
const MAX_IN_PASSING = 1;

/**
 * Where requests come in this closely, on average, what falls due is mostly released in passing before an alarm would have
 * rung. The alarm is set a little later then, and seldom needed.
 */
const BUSY_GAP_MS = 0.1;
const BUSY_GRACE_MS = 0.1;
/** Weight of the last gap in the average, and the most that one gap counts for. */
const GAP_WEIGHT = 1 / 64;
const MAX_GAP_MS = 1;

/** Releases what waits in any of its lines, when it is due: one alarm for them all. */
export class ReleaseSchedule {
  readonly #lines: TimerQueue[] = [];
  readonly #alarm: TimerThread;
  /** Nothing falls due before; that which was due then may have been cancelled. */
  #nextDueMs = NEVER_MS;
  #timerAtMs = NEVER_MS;
  #goesOn = false;
  /** When something last came in, and the average time between two such moments. */
  #passedMs = 0;
  #gapMs = MAX_GAP_MS;
  readonly #now = (): number => performance.now();
  readonly #goOn = (): void => {
    this.#goesOn = false;
    if (performance.now() >= this.#nextDueMs) this.#release(MAX_AT_ONCE);
    else this.#setTimer();
  };

  constructor(newTimer: (onWake: () => void) => TimerThread = startTimerThread) {
    this.#alarm = newTimer(() => this.#onWake());
  }

  /** Release what waits in this line as well. */
  watch<Line extends TimerQueue>(line: Line): Line {
    this.#lines.push(line);
    return line;
  }

  /**
   * Let a thing wait in a line that is watched: it is released `delayMs` after `fromMs` (milliseconds of
   * `performance.now()`), never before, and never before this returns.
   */
  wait(line: TimerQueue, waiting: TimerEntry, fromMs: number, delayMs: number): void {
    line.add(waiting, fromMs, delayMs);
    if (waiting.dueMs >= this.#nextDueMs) return;
    this.#nextDueMs = waiting.dueMs;
    this.#setTimer();
  }

  /**
   * Release some of what is due. Where nothing is it costs a comparison, so that it can be done in passing, whenever there
   * is something else to do: a busy event loop is late to hear alarms, and needs none.
   * @param nowMs as `performance.now()` has just said
   */
  releaseInPassing(nowMs: number): void {
    this.#gapMs += (Math.min(nowMs - this.#passedMs, MAX_GAP_MS) - this.#gapMs) * GAP_WEIGHT;
    this.#passedMs = nowMs;
    if (nowMs >= this.#nextDueMs) this.#release(MAX_IN_PASSING);
  }

  #release(most: number): void {
    // What is added in the meantime is after this moment, and seen below.
    this.#nextDueMs = NEVER_MS;
    for (const line of this.#lines) line.releaseDue(this.#now, most);
    for (const line of this.#lines) this.#nextDueMs = Math.min(this.#nextDueMs, line.nextDueMs());
    if (this.#nextDueMs > performance.now()) this.#setTimer();
    else this.#goOnSoon();
  }

  /** Once more, when what has come in has been read. */
  #goOnSoon(): void {
    if (this.#goesOn) return;
    this.#goesOn = true;
    setImmediate(this.#goOn);
  }

  #setTimer(): void {
    if (this.#nextDueMs === this.#timerAtMs || this.#nextDueMs === NEVER_MS) return;
    this.#timerAtMs = this.#nextDueMs;
    this.#alarm.setFor(this.#nextDueMs + (this.#gapMs < BUSY_GAP_MS ? BUSY_GRACE_MS : 0));
  }

  #onWake(): void {
    this.#timerAtMs = NEVER_MS;
    let nowMs = performance.now();
    if (nowMs + SPIN_MS >= this.#nextDueMs) while (nowMs < this.#nextDueMs) nowMs = performance.now();
    if (nowMs >= this.#nextDueMs) this.#release(MAX_AT_ONCE);
    else this.#setTimer();
  }
}
