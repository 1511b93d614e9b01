/**
 * What an alarm and its thread share. `wakeAtNs` counts on `process.hrtime`, the one clock that threads have in common
 * (each has a `performance.now()` of its own).
 */
export interface AlarmMemory {
  /** Grows with every new setting; the thread sleeps on it. */
  readonly setting: Int32Array;
  /** One element: when to wake; {@link NEVER} for not at all. */
  readonly wakeAtNs: BigInt64Array;
}

export const NEVER = 2n ** 63n - 1n;

export function newAlarmMemory(): AlarmMemory {
  const memory = {
    setting: new Int32Array(new SharedArrayBuffer(4)),
    wakeAtNs: new BigInt64Array(new SharedArrayBuffer(8)),
  };
  Atomics.store(memory.wakeAtNs, 0, NEVER);
  return memory;
}
