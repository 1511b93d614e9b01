import type { CloudState } from '../../model/cloud.js';

/** Work that goes on whatever becomes of this process. */
export interface GuardedWork {
  /** `Terraform is making the machines`. */
  what: string;
  /** What comes after it if it is interrupted: `what was created is removed`. */
  afterwards: string;
}

/** Between whoever handles interrupts and what runs. */
export interface InterruptGuard {
  /** Aborts with the first interrupt. */
  readonly signal: AbortSignal;
  /** The environment that an end of this process would leave as it is. */
  watch(state: () => CloudState): void;
  /** Run work to its end: meanwhile an interrupt only aborts the signal, and the next one asks. */
  during<T>(work: GuardedWork, action: () => Promise<T>): Promise<T>;
}
