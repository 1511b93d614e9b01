import type { Ledger } from '../accounting.js';
import type { LoadSpec } from '../engine.js';

/** One VU, as its worker sees it. */
export interface Vu {
  /** When the request was written whose answer is awaited; null where none is. */
  readonly writtenUs: number | null;
  /** Give up a request that was written longer ago than this. */
  expire(nowUs: number, timeoutUs: number): void;
  /** Leave without waiting for an answer. */
  stop(): void;
}

/** What the VUs of one worker have to do, and where they write it down. */
export interface VuWork {
  spec: LoadSpec;
  /** This worker's share of the spec's VUs. */
  vus: number;
  ledger: Ledger;
  /** Hand over each VU before its first request. */
  add(vu: Vu): void;
}

/** An engine's way to drive VUs: called once in a worker, when the load begins. */
export type StartVus = (work: VuWork) => void;
