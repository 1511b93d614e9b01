import { readdirSync, readFileSync } from 'node:fs';

/** CPU time in milliseconds, by thread ID. */
export type ThreadTimes = ReadonlyMap<number, number>;

/**
 * What each thread of a process has used by the scheduler's own clock, see sched-stats.rst of the kernel: up to the last
 * time that the scheduler looked, for a thread that runs right now. Takes about 10 µs a thread.
 * @returns null where the kernel doesn't keep it, or the process has ended
 */
export function readThreadTimes(pid: number): ThreadTimes | null {
  const times = new Map<number, number>();
  try {
    for (const name of readdirSync(`/proc/${pid}/task`)) {
      const ms = threadMs(`/proc/${pid}/task/${name}/schedstat`);
      if (ms !== null) times.set(Number(name), ms);
    }
  } catch {
    return null;
  }
  return times.size === 0 ? null : times;
}

/** Null where the thread ended between the listing and the reading, and where the kernel doesn't keep it. */
function threadMs(path: string): number | null {
  try {
    const ns = Number.parseInt(readFileSync(path, 'latin1'), 10);
    return Number.isNaN(ns) ? null : ns / 1e6;
  } catch {
    return null;
  }
}

/**
 * CPU time of one process, finer than the clock ticks of /proc/PID/stat: a tick is 10 ms, and a light gateway uses a few of
 * them in a short window. Threads that have ended are in the ticks alone, so these make up for what isn't seen of them.
 */
export class ExactCpuTime {
  #threads: ThreadTimes | null = null;
  #endedMs = 0;
  #totalMs = 0;

  /**
   * @param ticksMs whole ticks, all threads, those that have ended included; read before `threads`
   * @param threads null for ticks alone
   * @returns milliseconds since the process started; never fewer than at the call before
   */
  update(ticksMs: number, threads: ThreadTimes | null): number {
    this.#totalMs = Math.max(this.#totalMs, ticksMs, threads === null ? 0 : this.#sum(ticksMs, threads));
    return this.#totalMs;
  }

  #sum(ticksMs: number, threads: ThreadTimes): number {
    const before = this.#threads;
    this.#threads = threads;
    let hasEnded = before === null;
    for (const [id, ms] of before ?? []) {
      // An ID that was given to another thread begins anew.
      if ((threads.get(id) ?? -1) >= ms) continue;
      this.#endedMs += ms;
      hasEnded = true;
    }
    let liveMs = 0;
    for (const ms of threads.values()) liveMs += ms;
    // Only then: otherwise it is a thread that runs, and that the scheduler hasn't looked at for some milliseconds.
    if (hasEnded) this.#endedMs = Math.max(this.#endedMs, ticksMs - liveMs);
    return this.#endedMs + liveMs;
  }
}
