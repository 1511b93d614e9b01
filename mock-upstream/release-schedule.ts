import { performance } from 'node:perf_hooks';
import { type Alarm, startAlarm } from './alarm.js';
import { DueQueue, type Waiting } from './due-queue.js';

/**
 * Releases what waits, when it is due: one queue for each length of wait, one alarm for them all.
 */
export class ReleaseSchedule {
  readonly #queues: DueQueue[] = [];
  readonly #alarm: Alarm;
  #alarmAtMs = Number.POSITIVE_INFINITY;
  readonly #now = (): number => performance.now();

  constructor(newAlarm: (onWake: () => void) => Alarm = startAlarm) {
    this.#alarm = newAlarm(() => {
      this.#alarmAtMs = Number.POSITIVE_INFINITY;
      this.releaseDue();
    });
  }

  /**
   * Call back `delayMs` after `fromMs` (milliseconds of `performance.now()`), and never before. What is due already is
   * released before this returns.
   * @param release is told how late it was called, in milliseconds
   */
  after(fromMs: number, delayMs: number, release: (latenessMs: number) => void): Waiting {
    const waiting = this.#queueFor(delayMs).add(fromMs, release);
    this.releaseDue();
    return waiting;
  }

  /** Release what is due. Cheap, so that it can be done in passing as well: a busy event loop is late to hear alarms. */
  releaseDue(): void {
    let nextDueMs = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues) queue.releaseDue(this.#now);
    for (const queue of this.#queues) nextDueMs = Math.min(nextDueMs, queue.nextDueMs());
    if (nextDueMs < this.#alarmAtMs) {
      this.#alarmAtMs = nextDueMs;
      this.#alarm.setFor(nextDueMs);
    }
  }

  #queueFor(delayMs: number): DueQueue {
    const known = this.#queues.find((queue) => queue.delayMs === delayMs);
    if (known) return known;
    const queue = new DueQueue(delayMs);
    this.#queues.push(queue);
    return queue;
  }
}
