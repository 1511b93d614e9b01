import type { ExpectedAnswer } from '../lib/chat-response.js';
import type { ArrivalDistribution } from '../model/arrivals.js';
import type { LoadResult } from '../model/load.js';

/** An open loop: requests arrive at this rate, whatever the responses do. */
export interface LoadArrivals {
  /** Of a load with stages, the mean over its window; of recorded arrivals, that of the whole recording. */
  ratePerSec: number;
  distribution: ArrivalDistribution;
  /** Of `recorded` arrivals alone: when each request of the mix is due after the first one, in seconds of this load. */
  recordedS?: readonly number[];
  /** The same seed, rate and number of workers repeat the same arrivals. */
  seed: number;
  /** A request that would be one more waits until another has ended; its latency counts from when it was due. */
  maxInFlight: number;
}

/** A part of the window; `from` and `to` are VUs, or requests a second of an open loop. */
export interface LoadStage {
  durationS: number;
  from: number;
  to: number;
}

/** One of several requests, and what its answer must be. */
export interface MixedRequest {
  body: string;
  expected: ExpectedAnswer;
}

/** Several requests, in place of the one of {@link LoadSpec.body}. */
export interface RequestMix {
  classes: readonly { name: string; weight: number; requests: readonly MixedRequest[] }[];
  /** Classes by weight, and within a class its requests in turn; or, of one class, all requests in turn over all VUs. */
  order: 'drawn' | 'in turn';
  seed: number;
}

/** What an engine sends, what it must get for it, and for how long. */
export interface LoadSpec extends ExpectedAnswer {
  /** Origin such as `http://127.0.0.1:8787`. */
  origin: string;
  /** Of engines that speak {@link Engine.tls}: PEM of the only CA that is trusted; the system's where absent. */
  caFile?: string;
  path: string;
  headers: Record<string, string>;
  /** The JSON body, the same for every request. */
  body: string;
  /** Of engines that {@link Engine.mixes}; absent where every request is the same. */
  mix?: RequestMix;
  /** The right answer is a refusal with this status, whatever its body says; a completion is wrong then. Absent: an answer. */
  refusal?: number;
  /** Keys that requests carry one after the other, as bearer tokens in the place of `headers`' own; absent: that one alone. */
  keys?: readonly string[];
  /** Closed loop: keep-alive connections with one request in flight each; with stages, the most of them. Of no meaning with `arrivals`. */
  vus: number;
  /** Absent in a closed loop. */
  arrivals?: LoadArrivals | undefined;
  /** Where the level changes within the window: its parts, which last `durationS` together. The warm-up is at the first one's level. */
  stages?: readonly LoadStage[] | undefined;
  warmupS: number;
  /** Over how long VUs send their first requests; a second where absent. VUs in step would all wait, and all come, together. */
  spreadS?: number;
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

/** What of a load not every engine can do. */
export type LoadShape = Pick<LoadSpec, 'arrivals' | 'stages'>;

/** A load engine: drives a closed loop of constant VUs, and some of them an open loop too. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** It sends several requests by weight, and knows answers in any dialect. */
  readonly mixes?: boolean;
  /** It speaks TLS, and checks certificates against a CA of the run's. */
  readonly tls?: boolean;
  /** Why it can't drive such a load, a sentence without its subject: "can't …"; null if it can. Absent: it can't do stages or an open loop. */
  refusal?(shape: LoadShape): string | null;
  /** Why it can't run on this machine, and how to change that; null if it can. */
  unavailable(): Promise<{ reason: string; hint: string } | null>;
  start(spec: LoadSpec, onProgress: (progress: LoadProgress) => void): Promise<LoadRun>;
}
