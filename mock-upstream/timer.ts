/// <reference lib="es2024.sharedmemory" />
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';

/**
 * What an alarm and its thread share. Moments count on `process.hrtime`, the one clock that threads have in common (each
 * has a `performance.now()` of its own).
 *
 * Who writes what, so that no wake-up is lost: the owner stores `wakeAtNs` and then reads `sleepUntilNs`; the thread stores
 * `sleepUntilNs` and then reads `wakeAtNs`. Whichever comes second sees the other's.
 */
export interface TimerMemory {
  /** Grows where the thread is to look at `wakeAtNs` at once; it sleeps on this. */
  readonly setting: Int32Array;
  /** Grows with each ring; the owner sleeps on this. */
  readonly rings: Int32Array;
  /** One element: when to wake; {@link NEVER} for not at all. */
  readonly wakeAtNs: BigInt64Array;
  /** One element: until when the thread sleeps, whatever is set; 0 while it is awake. */
  readonly sleepUntilNs: BigInt64Array;
}

export const NEVER = 2n ** 63n - 1n;

/** The thread is disturbed only for what is due this much before it would look by itself. */
export const WORTH_A_CALL_NS = 100_000n;

function newTimerMemory(): TimerMemory {
  const memory = {
    setting: new Int32Array(new SharedArrayBuffer(4)),
    rings: new Int32Array(new SharedArrayBuffer(4)),
    wakeAtNs: new BigInt64Array(new SharedArrayBuffer(8)),
    sleepUntilNs: new BigInt64Array(new SharedArrayBuffer(8)),
  };
  Atomics.store(memory.wakeAtNs, 0, NEVER);
  return memory;
}

/** Wakes its owner at a moment, as precisely as it can: a little before, more often than after. */
export interface TimerThread {
  /** The one moment to wake at; a later call replaces it. Milliseconds of `performance.now()`. */
  setFor(atMs: number): void;
}

/**
 * An alarm that wakes within about 0.1 ms of the moment.
 *
 * The event loop's timers count in whole milliseconds and wake 0.5 to 1.7 ms late, which is more than a fast gateway's
 * whole overhead; polling with `setImmediate` instead is exact and keeps a core busy. So a second thread sleeps on a
 * futex, whose time-out has no such steps, and wakes this one through another (`Atomics.waitAsync`: half the price of a
 * message). It is only told of moments that are sooner than the one it sleeps for; later ones it finds by itself.
 *
 * The thread doesn't keep the process alive.
 */
export function startTimerThread(onWake: () => void): TimerThread {
  const memory = newTimerMemory();
  const thread = new Worker(new URL('./timer-thread.js', import.meta.url), { workerData: memory });
  thread.unref();
  listen(memory.rings, onWake);
  const clockOffsetNs = process.hrtime.bigint() - BigInt(Math.round(performance.now() * 1e6));
  return {
    setFor(atMs) {
      const atNs = BigInt(Math.ceil(atMs * 1e6)) + clockOffsetNs;
      Atomics.store(memory.wakeAtNs, 0, atNs);
      if (atNs + WORTH_A_CALL_NS > Atomics.load(memory.sleepUntilNs, 0)) return;
      Atomics.add(memory.setting, 0, 1);
      Atomics.notify(memory.setting, 0);
    },
  };
}

/** Call back each time that a number which others change has changed. */
function listen(changing: Int32Array, onChange: () => void): void {
  let seen = Atomics.load(changing, 0);
  const wait = (): void => {
    const waiting = Atomics.waitAsync(changing, 0, seen);
    if (waiting.async) void waiting.value.then(onNotice);
    else queueMicrotask(onNotice);
  };
  const onNotice = (): void => {
    seen = Atomics.load(changing, 0);
    wait();
    onChange();
  };
  wait();
}
