/** A thread that left its CPU and came back, or had not come back when the recording ended. */
export interface Wait<Stack> {
  stack: Stack;
  /** The thread could have run: it was preempted, or it yielded. Else it was blocked. */
  ready: boolean;
  waitedNs: number;
}

interface Leaving<Stack> {
  stack: Stack;
  ready: boolean;
  atNs: number;
}

/**
 * Pairs each thread's switch-out with its next switch-in. Holds no more than one switch-out a thread.
 *
 * ```
 *        out(stack A)          in  out(stack B)   in
 * ---run---|.......waited.......|----|....waited....|---run---
 * ```
 */
export class SwitchPairing<Stack> {
  readonly #away = new Map<number, Leaving<Stack>>();

  /** @param state the kernel's letters for what the thread is from now on: `S`, `D`, `R+`, `X` */
  out(tid: number, atNs: number, state: string, stack: Stack): void {
    // Dead threads don't come back, and their number may be given to another.
    if (/^[XZ]/.test(state)) this.#away.delete(tid);
    else this.#away.set(tid, { stack, ready: state.startsWith('R'), atNs });
  }

  /** Null where the thread was away before the recording began, or its leaving was lost. */
  in(tid: number, atNs: number): Wait<Stack> | null {
    const leaving = this.#away.get(tid);
    if (!leaving) return null;
    this.#away.delete(tid);
    return waitOf(leaving, atNs);
  }

  /** The waits that outlast the recording, as far as they were seen. */
  rest(endNs: number): Wait<Stack>[] {
    const waits = [...this.#away.values()].map((leaving) => waitOf(leaving, endNs));
    this.#away.clear();
    return waits;
  }
}

function waitOf<Stack>({ stack, ready, atNs }: Leaving<Stack>, untilNs: number): Wait<Stack> {
  return { stack, ready, waitedNs: Math.max(0, untilNs - atNs) };
}
