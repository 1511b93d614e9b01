/**
 * What an alarm and its thread share. Moments count on `process.hrtime`, the one clock that threads have in common (each
 * has a `performance.now()` of its own).
 *
 * Who writes what, so that no wake-up is lost: the owner stores `wakeAtNs` and then reads `sleepUntilNs`; the thread stores
 * `sleepUntilNs` and then reads `wakeAtNs`. Whichever comes second sees the other's.
 */
export interface AlarmMemory {
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

export function newAlarmMemory(): AlarmMemory {
  const memory = {
    setting: new Int32Array(new SharedArrayBuffer(4)),
    rings: new Int32Array(new SharedArrayBuffer(4)),
    wakeAtNs: new BigInt64Array(new SharedArrayBuffer(8)),
    sleepUntilNs: new BigInt64Array(new SharedArrayBuffer(8)),
  };
  Atomics.store(memory.wakeAtNs, 0, NEVER);
  return memory;
}
