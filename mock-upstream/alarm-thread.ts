import { parentPort, workerData } from 'node:worker_threads';
import { type AlarmMemory, NEVER } from './alarm-memory.js';

/** Sleep until the moment that was set, say so, and sleep again until another is set. Never returns. */
function ring({ setting, wakeAtNs }: AlarmMemory): never {
  for (;;) {
    const seen = Atomics.load(setting, 0);
    const atNs = Atomics.load(wakeAtNs, 0);
    if (atNs === NEVER) {
      Atomics.wait(setting, 0, seen);
      continue;
    }
    const waitMs = Number(atNs - process.hrtime.bigint()) / 1e6;
    if (waitMs > 0 && Atomics.wait(setting, 0, seen, waitMs) !== 'timed-out') continue;
    // A setting that came in the meantime stays: only the one that has been kept is cleared.
    if (Atomics.compareExchange(wakeAtNs, 0, atNs, NEVER) === atNs) parentPort?.postMessage(null);
  }
}

ring(workerData as AlarmMemory);
