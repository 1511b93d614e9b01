import { workerData } from 'node:worker_threads';
import { NEVER, type TimerMemory, WORTH_A_CALL_NS } from './timer.js';

/** What the kernel adds to a sleep of this kind: its timers have 50 us of slack, and a thread takes some to be up. */
const LEAD_NS = 60_000n;

/**
 * After a ring the owner releases what is due, and then sets the alarm anew. To sleep this long first saves both of them a
 * wake-up where the next is not due sooner; where it is, it is late by this at most.
 */
const NAP_NS = 150_000n;

/** Sleep until the moment that was set, ring, and sleep again until another is set. Never returns. */
function run({ setting, rings, wakeAtNs, sleepUntilNs }: TimerMemory): never {
  const sleepUntil = (atNs: bigint, nowNs: bigint): void => {
    const seen = Atomics.load(setting, 0);
    Atomics.store(sleepUntilNs, 0, atNs);
    // The owner's rule: what it sets now, and is sooner than this, it calls for.
    if (Atomics.load(wakeAtNs, 0) + WORTH_A_CALL_NS > atNs) {
      if (atNs === NEVER) Atomics.wait(setting, 0, seen);
      else Atomics.wait(setting, 0, seen, Number(atNs - nowNs) / 1e6);
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
    // A setting that came in the meantime stays: only the one that has been kept is cleared.
    if (Atomics.compareExchange(wakeAtNs, 0, wakeNs, NEVER) !== wakeNs) continue;
    Atomics.add(rings, 0, 1);
    Atomics.notify(rings, 0);
    sleepUntil(nowNs + NAP_NS, nowNs);
  }
}

run(workerData as TimerMemory);
