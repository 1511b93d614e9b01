import type { LoadResult } from '../model/load.js';

/** What an engine sends, and for how long. */
export interface LoadSpec {
  /** Origin such as `http://127.0.0.1:8787`. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  /** The JSON body, the same for every request. */
  body: string;
  /** Responses are SSE streams. */
  stream: boolean;
  /**
   * The text of every right answer: one of a completion, or one of each frame of a stream that has any. Null where the
   * upstream's text isn't known: any text is right then.
   */
  texts: readonly string[] | null;
  /** A completion may lack `object`: this gateway leaves it out. */
  objectOptional?: boolean;
  /** Closed loop: keep-alive connections with one request in flight each. */
  vus: number;
  warmupS: number;
  durationS: number;
  /** Until a request counts as `timeout`. */
  timeoutS: number;
}

/** Live figures, about once a second, for people to watch. */
export interface LoadProgress {
  phase: 'warmup' | 'window';
  /** Seconds into the phase. */
  atS: number;
  /** Null for engines that report at their end only. */
  ratePerSec: number | null;
  p99Us: number | null;
  /** Since the phase began; null for engines that report at their end only. */
  failed: number | null;
}

/** A running load. */
export interface LoadRun {
  /** Processes of the engine, for the sampler. */
  pids(): number[];
  /**
   * Resolves at the window's start, with its time in milliseconds since the epoch, by the run's clock; rejects if the load ends before.
   * Nobody has to await it.
   */
  windowStarted: Promise<number>;
  /** Resolves at the window's end, or soon after {@link stop}; rejects only if the engine itself failed. */
  done: Promise<LoadResult>;
  /** End early; what was measured is still reported by {@link done}. Safe to call twice. */
  stop(): void;
  /** End at once and leave no process; {@link done} rejects. Safe to call twice, and after the end. */
  kill(): Promise<void>;
}

/** A load engine: drives a closed loop of constant VUs. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** Why it can't run on this machine, and how to change that; null if it can. */
  unavailable(): Promise<{ reason: string; hint: string } | null>;
  start(spec: LoadSpec, onProgress: (progress: LoadProgress) => void): Promise<LoadRun>;
}
