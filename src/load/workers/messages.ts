import type { LoadBounds, WorkerSecond } from '../accounting.js';
import type { LoadSpec } from '../engine.js';
import type { WorkerOutcome } from '../merge.js';

/** From the engine to a worker. */
export type ToWorker =
  /** Begin at `bounds.beginUs`, with this many of the spec's VUs. */
  | { type: 'start'; spec: LoadSpec; vus: number; bounds: LoadBounds }
  /** End at this moment, or now where it has passed. */
  | { type: 'stop'; atUs: number };

/** From a worker to the engine. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'second'; second: WorkerSecond }
  /** The last message. */
  | { type: 'outcome'; outcome: WorkerOutcome };
