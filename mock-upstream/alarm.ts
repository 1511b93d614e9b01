import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { newAlarmMemory } from './alarm-memory.js';

/** Wakes its owner at a moment, as precisely as it can. */
export interface Alarm {
  /** The one moment to wake at; a later call replaces it. Milliseconds of `performance.now()`. */
  setFor(atMs: number): void;
}

/**
 * An alarm that wakes within about 0.1 ms of the moment.
 *
 * The event loop's timers count in whole milliseconds and wake 0.5 to 1.7 ms late, which is more than a fast gateway's
 * whole overhead; polling with `setImmediate` instead is exact and keeps a core busy. So a second thread sleeps on a
 * futex, whose time-out has no such steps, and posts a message when it wakes.
 *
 * The thread doesn't keep the process alive.
 */
export function startAlarm(onWake: () => void): Alarm {
  const memory = newAlarmMemory();
  const thread = new Worker(new URL('./alarm-thread.js', import.meta.url), { workerData: memory });
  thread.on('message', onWake);
  thread.unref();
  const clockOffsetNs = process.hrtime.bigint() - BigInt(Math.round(performance.now() * 1e6));
  return {
    setFor(atMs) {
      Atomics.store(memory.wakeAtNs, 0, BigInt(Math.ceil(atMs * 1e6)) + clockOffsetNs);
      Atomics.add(memory.setting, 0, 1);
      Atomics.notify(memory.setting, 0);
    },
  };
}
