import { workerData } from 'node:worker_threads';
import { MIN_LEAD_NS, NEVER, type TimerMemory } from './timer.js';

/** What a futex sleep takes longer: the kernel's timers have 50 us of slack, and waking the thread takes some more. */
const LEAD_NS = 60_000n;

/**
 * After a wake-up the owner releases what is due and sets the timer again. Sleeping this long first saves both a wake-up
 * if the next entry is due later; if it is due sooner, it is late by this at most.
 */
const NAP_NS = 150_000n;

/** Sleep until the time that was set, wake the owner, and sleep again. Never returns. */
function run({ settings, wakeUps, wakeAtNs, sleepUntilNs }: TimerMemory): never {
  const sleepUntil = (atNs: bigint, nowNs: bigint): void => {
    const seen = Atomics.load(settings, 0);
    Atomics.store(sleepUntilNs, 0, atNs);
    // The owner notifies this thread of any time that it sets now and that is sooner.
    if (Atomics.load(wakeAtNs, 0) + MIN_LEAD_NS > atNs) {
      if (atNs === NEVER) Atomics.wait(settings, 0, seen);
      else Atomics.wait(settings, 0, seen, Number(atNs - nowNs) / 1e6);
    }
    Atomics.store(sleepUntilNs, 0, 0n);
  };
  for (;;) {
    const wakeNs = Atomics.load(wakeAtNs, 0);
    const nowNs = process.hrtime.bigint();
    if (wakeNs === NEVER) {
      sleepUntil(NEVER, nowNs);
      continue;
    }
    const atNs = wakeNs - LEAD_NS;
    if (atNs > nowNs) {
      sleepUntil(atNs, nowNs);
      continue;
    }
    // Clear only the time that was served: a newer one stays.
    if (Atomics.compareExchange(wakeAtNs, 0, wakeNs, NEVER) !== wakeNs) continue;
    Atomics.add(wakeUps, 0, 1);
    Atomics.notify(wakeUps, 0);
    sleepUntil(nowNs + NAP_NS, nowNs);
  }
}

run(workerData as TimerMemory);
