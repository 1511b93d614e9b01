/// <reference lib="es2024.sharedmemory" />
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';

/**
 * What the timer thread shares with its owner. Times are on `process.hrtime`, the clock that all threads have in common
 * (each has a `performance.now()` of its own).
 *
 * No wake-up is lost: the owner stores `wakeAtNs` and then reads `sleepUntilNs`; the thread stores `sleepUntilNs` and
 * then reads `wakeAtNs`. Whichever comes second sees the other's value.
 */
export interface TimerMemory {
  /** Incremented to make the thread look at `wakeAtNs` at once; it sleeps on this. */
  readonly settings: Int32Array;
  /** Incremented with each wake-up; the owner waits on this. */
  readonly wakeUps: Int32Array;
  /** One element: when to wake the owner, or {@link NEVER}. */
  readonly wakeAtNs: BigInt64Array;
  /** One element: until when the thread sleeps; 0 while it is awake. */
  readonly sleepUntilNs: BigInt64Array;
}

export const NEVER = 2n ** 63n - 1n;

/** The thread is notified only of times that are this much before the end of its sleep. */
export const MIN_LEAD_NS = 100_000n;

function newTimerMemory(): TimerMemory {
  const memory = {
    settings: new Int32Array(new SharedArrayBuffer(4)),
    wakeUps: new Int32Array(new SharedArrayBuffer(4)),
    wakeAtNs: new BigInt64Array(new SharedArrayBuffer(8)),
    sleepUntilNs: new BigInt64Array(new SharedArrayBuffer(8)),
  };
  Atomics.store(memory.wakeAtNs, 0, NEVER);
  return memory;
}

/** Wakes its owner at a given time, more often a little early than late. */
export interface TimerThread {
  /** Set the time to wake at, in milliseconds of `performance.now()`; a later call replaces it. */
  setFor(atMs: number): void;
}

/**
 * A timer that wakes within about 0.1 ms of the given time.
 *
 * The event loop's timers count in whole milliseconds and wake 0.5 to 1.7 ms late, more than a fast gateway's whole
 * overhead. Polling with `setImmediate` is exact but keeps a core busy. So a second thread sleeps on a futex, whose
 * timeout is precise, and wakes this one through another (`Atomics.waitAsync`: half the cost of a message). The thread
 * is only notified of times sooner than the one it sleeps for; later ones it reads by itself.
 *
 * The thread doesn't keep the process alive.
 */
export function startTimerThread(onWake: () => void): TimerThread {
  const memory = newTimerMemory();
  const thread = new Worker(new URL('./timer-thread.js', import.meta.url), { workerData: memory });
  thread.unref();
  onChangeOf(memory.wakeUps, onWake);
  const clockOffsetNs = process.hrtime.bigint() - BigInt(Math.round(performance.now() * 1e6));
  return {
    setFor(atMs) {
      const atNs = BigInt(Math.ceil(atMs * 1e6)) + clockOffsetNs;
      Atomics.store(memory.wakeAtNs, 0, atNs);
      if (atNs + MIN_LEAD_NS > Atomics.load(memory.sleepUntilNs, 0)) return;
      Atomics.add(memory.settings, 0, 1);
      Atomics.notify(memory.settings, 0);
    },
  };
}

/** Call back each time another thread changes the number. */
function onChangeOf(number: Int32Array, onChange: () => void): void {
  let seen = Atomics.load(number, 0);
  const wait = (): void => {
    const waiting = Atomics.waitAsync(number, 0, seen);
    if (waiting.async) void waiting.value.then(onNotice);
    else queueMicrotask(onNotice);
  };
  const onNotice = (): void => {
    seen = Atomics.load(number, 0);
    wait();
    onChange();
  };
  wait();
}
