import type { LoadBounds, RequestAccounting } from '../accounting.js';
import type { ArrivalReport } from '../arrival-accounting.js';
import type { ScheduleShare } from '../arrival-schedule.js';
import type { LoadSpec } from '../engine.js';
import type { StreamAccounting } from '../streams/stream-accounting.js';

/** One VU, as its worker sees it. */
export interface Vu {
  /** When the request in flight was written; null where none is. */
  readonly writtenUs: number | null;
  /** Give up a request that was written longer ago than this. */
  expire(nowUs: number, timeoutUs: number): void;
  /** Leave without waiting for a response. */
  stop(): void;
}

/** What the VUs of one worker do, and where they count it. */
export interface VuWork {
  spec: LoadSpec;
  /** This worker's share of the spec's VUs; of an open loop, of what may be in flight. */
  vus: number;
  /** How many VUs of the spec other workers have before these. */
  firstVu: number;
  /** Which of the workers this is. */
  share: ScheduleShare;
  bounds: LoadBounds;
  accounting: RequestAccounting;
  /** Null where responses are no streams. */
  streams: StreamAccounting | null;
  /** Hand over each VU before its first request. */
  add(vu: Vu): void;
  /** Hand over what tells of an open loop's arrivals once the window has ended. */
  reportArrivals(report: (closedUs: number) => ArrivalReport): void;
  /** Hand over a timer that is to end with the load. */
  addTimer(timer: NodeJS.Timeout): void;
}

/** Starts an engine's VUs: called once in a worker, when the load begins. */
export type StartVus = (work: VuWork) => void;

/**
 * How many VUs each worker process drives: as few workers as serve, never more than allowed, shares as even as can be.
 * @param maxWorkers at least 1 is taken
 * @param vusPerWorker what a worker of the engine drives without measuring its own event loop
 * @returns one count a worker, at least 1 each, summing up to `vus`
 */
export function vuShares(vus: number, maxWorkers: number, vusPerWorker: number): number[] {
  const workers = Math.min(Math.max(maxWorkers, 1), Math.max(1, Math.ceil(vus / vusPerWorker)));
  const smaller = Math.floor(vus / workers);
  const larger = vus % workers;
  return Array.from({ length: workers }, (_, index) => smaller + (index < larger ? 1 : 0));
}

/** Over how long VUs come in where the load doesn't say: as long as that leaves half of the warm-up for all of them together. */
const SPREAD_S = 1;

type StartSpread = Pick<LoadSpec, 'warmupS' | 'spreadS'>;

/**
 * When a VU sends its first request. A fixed upstream latency would keep VUs that begin together in step for ever:
 * every response of a round then comes in one burst, and its last ones wait for the first ones in the load worker.
 * @param index of the VU in its worker, from 0
 * @returns milliseconds after the load's begin; 0 where there is no warm-up to come in during
 */
export function startDelayMs(index: number, vus: number, { warmupS, spreadS = SPREAD_S }: StartSpread): number {
  return (Math.min(spreadS, warmupS / 2) * 1000 * index) / vus;
}

const FIRST_MS = 100;
const MAX_MS = 1000;

/**
 * How long a VU waits after a failure, so that a dead or overloaded gateway is one fact and not ten million failures. A
 * `Retry-After` is recorded and not obeyed: VUs that stayed away for as long as they were told would measure nothing.
 * @param failuresBefore failures in a row before this one
 */
export function backOffMs(failuresBefore: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** failuresBefore);
}
