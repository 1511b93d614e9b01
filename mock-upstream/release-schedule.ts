import { performance } from 'node:perf_hooks';
import { startTimerThread, type TimerThread } from '../common/timer/timer.js';
import type { TimerEntry, TimerQueue } from './timer-queue.js';

const NEVER_MS = Number.POSITIVE_INFINITY;

/** After a wake-up that is this little early, spin instead of setting the timer again. */
const SPIN_MS = 0.06;

/**
 * Releases before the event loop reads again. Each release makes a client send its next request. If a hundred that are
 * due together were all released before any of those is read, they would be read together, be due together again, and
 * collect more each time. Taken in turns, they drift apart.
 */
const MAX_AT_ONCE = 8;
/** The same after a read: one per read keeps pace. */
const MAX_IN_PASSING = 1;

/**
 * Where requests come in this closely, on average, most entries are released in passing before the timer would fire. It
 * is set a little later then, and seldom needed.
 */
const BUSY_GAP_MS = 0.1;
const BUSY_GRACE_MS = 0.1;
/** Weight of the last gap in the average, and the most that one gap counts for. */
const GAP_WEIGHT = 1 / 64;
const MAX_GAP_MS = 1;

/** Releases the entries of several queues when they are due, with one timer for all. */
export class ReleaseSchedule {
  readonly #queues: TimerQueue[] = [];
  readonly #timer: TimerThread;
  /** Nothing is due before; the entry due then may have been cancelled. */
  #nextDueMs = NEVER_MS;
  #timerAtMs = NEVER_MS;
  #scheduled = false;
  /** When something last came in, and the average gap. */
  #passedMs = 0;
  #gapMs = MAX_GAP_MS;
  readonly #now = (): number => performance.now();
  readonly #releaseMore = (): void => {
    this.#scheduled = false;
    if (performance.now() >= this.#nextDueMs) this.#release(MAX_AT_ONCE);
    else this.#setTimer();
  };

  constructor(newTimer: (onWake: () => void) => TimerThread = startTimerThread) {
    this.#timer = newTimer(() => this.#onWake());
  }

  /** Release the entries of this queue too. */
  watch<Queue extends TimerQueue>(queue: Queue): Queue {
    this.#queues.push(queue);
    return queue;
  }

  /**
   * Add an entry to a watched queue. It is released `delayMs` after `fromMs` (milliseconds of `performance.now()`), never
   * earlier, and never before this returns.
   */
  wait(queue: TimerQueue, entry: TimerEntry, fromMs: number, delayMs: number): void {
    queue.add(entry, fromMs, delayMs);
    if (entry.dueMs >= this.#nextDueMs) return;
    this.#nextDueMs = entry.dueMs;
    this.#setTimer();
  }

  /**
   * Release some of what is due, while there is something else to do: a busy event loop hears its timer late. Costs one
   * comparison where nothing is due.
   * @param nowMs the current `performance.now()`
   */
  releaseInPassing(nowMs: number): void {
    this.#gapMs += (Math.min(nowMs - this.#passedMs, MAX_GAP_MS) - this.#gapMs) * GAP_WEIGHT;
    this.#passedMs = nowMs;
    if (nowMs >= this.#nextDueMs) this.#release(MAX_IN_PASSING);
  }

  #release(max: number): void {
    // Entries added in the meantime are due later, and seen below.
    this.#nextDueMs = NEVER_MS;
    for (const queue of this.#queues) queue.releaseDue(this.#now, max);
    for (const queue of this.#queues) this.#nextDueMs = Math.min(this.#nextDueMs, queue.nextDueMs());
    if (this.#nextDueMs > performance.now()) this.#setTimer();
    else this.#releaseSoon();
  }

  /** Release more once the event loop has read again. */
  #releaseSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#releaseMore);
  }

  #setTimer(): void {
    if (this.#nextDueMs === this.#timerAtMs || this.#nextDueMs === NEVER_MS) return;
    this.#timerAtMs = this.#nextDueMs;
    this.#timer.setFor(this.#nextDueMs + (this.#gapMs < BUSY_GAP_MS ? BUSY_GRACE_MS : 0));
  }

  #onWake(): void {
    this.#timerAtMs = NEVER_MS;
    let nowMs = performance.now();
    if (nowMs + SPIN_MS >= this.#nextDueMs) while (nowMs < this.#nextDueMs) nowMs = performance.now();
    if (nowMs >= this.#nextDueMs) this.#release(MAX_AT_ONCE);
    else this.#setTimer();
  }
}
