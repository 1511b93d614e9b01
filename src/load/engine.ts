import type { LoadResult } from '../model/load.js';

/** What an engine has to send and for how long. */
export interface LoadSpec {
  /** Origin such as `http://127.0.0.1:8787`. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  /** The JSON body, the same for every request. */
  body: string;
  /** Responses are SSE streams. */
  stream: boolean;
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
  /** Null where the engine tells nothing before its end. */
  ratePerSec: number | null;
  p99Us: number | null;
  /** Since the phase began; null where the engine tells nothing before its end. */
  failed: number | null;
}

/** A load under way. */
export interface LoadRun {
  /** Processes of the engine, for the sampler. */
  pids(): number[];
  /**
   * Resolves when the warm-up is over, with the moment the window began (milliseconds since the epoch); rejects where
   * the load ended before. Nobody has to wait for it.
   */
  windowStarted: Promise<number>;
  /** Resolves at the window's end, or soon after {@link stop}; rejects only when the engine itself broke. */
  done: Promise<LoadResult>;
  /** End early; what was measured is still reported by {@link done}. Safe to call twice. */
  stop(): void;
  /** End at once and leave no process; {@link done} rejects. Safe to call twice, and after the end. */
  kill(): Promise<void>;
}

/** Something that drives constant-VU load. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** Null where it can run here, else what is missing and how to get it. */
  unavailable(): Promise<{ reason: string; hint: string } | null>;
  start(spec: LoadSpec, onProgress: (progress: LoadProgress) => void): Promise<LoadRun>;
}
