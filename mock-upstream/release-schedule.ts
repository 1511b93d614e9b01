import { performance } from 'node:perf_hooks';
import { type Alarm, startAlarm } from './alarm.js';
import type { DueLine, Waiting } from './due-queue.js';

const NEVER_MS = Number.POSITIVE_INFINITY;

/** An alarm that rings this little too early is answered by waiting, not by setting it again. */
const SPIN_MS = 0.06;

/** Releases what waits in any of its lines, when it is due: one alarm for them all. */
export class ReleaseSchedule {
  readonly #lines: DueLine[] = [];
  readonly #alarm: Alarm;
  /** Nothing falls due before; that which was due then may have been cancelled. */
  #nextDueMs = NEVER_MS;
  #alarmAtMs = NEVER_MS;
  readonly #now = (): number => performance.now();

  constructor(newAlarm: (onWake: () => void) => Alarm = startAlarm) {
    this.#alarm = newAlarm(() => this.#onWake());
  }

  /** Release what waits in this line as well. */
  watch<Line extends DueLine>(line: Line): Line {
    this.#lines.push(line);
    return line;
  }

  /**
   * Let a thing wait in a line that is watched: it is released `delayMs` after `fromMs` (milliseconds of
   * `performance.now()`), never before, and never before this returns.
   */
  wait(line: DueLine, waiting: Waiting, fromMs: number, delayMs: number): void {
    line.add(waiting, fromMs, delayMs);
    if (waiting.dueMs >= this.#nextDueMs) return;
    this.#nextDueMs = waiting.dueMs;
    this.#setAlarm();
  }

  /**
   * Release what is due. Where nothing is it costs a comparison, so that it can be done in passing, whenever there is
   * something else to do: a busy event loop is late to hear alarms, and needs none.
   * @param nowMs as `performance.now()` has just said
   */
  releaseDue(nowMs: number): void {
    if (nowMs < this.#nextDueMs) return;
    // What is added in the meantime is after this moment, and seen below.
    this.#nextDueMs = NEVER_MS;
    for (const line of this.#lines) line.releaseDue(this.#now);
    for (const line of this.#lines) this.#nextDueMs = Math.min(this.#nextDueMs, line.nextDueMs());
    this.#setAlarm();
  }

  #setAlarm(): void {
    if (this.#nextDueMs === this.#alarmAtMs || this.#nextDueMs === NEVER_MS) return;
    this.#alarmAtMs = this.#nextDueMs;
    this.#alarm.setFor(this.#nextDueMs);
  }

  #onWake(): void {
    this.#alarmAtMs = NEVER_MS;
    let nowMs = performance.now();
    if (nowMs + SPIN_MS >= this.#nextDueMs) while (nowMs < this.#nextDueMs) nowMs = performance.now();
    if (nowMs >= this.#nextDueMs) this.releaseDue(nowMs);
    else this.#setAlarm();
  }
}
