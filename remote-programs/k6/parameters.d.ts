/** What a load is, as `src/load/k6/script.ts` puts it before `load.js`. */
export interface LoadParameters {
  url: string;
  body: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** Responses are SSE streams. */
  stream: boolean;
  /** The text of every right answer, of a stream frame by frame; null where any is right. */
  texts: readonly string[] | null;
  /** A completion may lack `object`. */
  objectOptional: boolean;
  /** Of an open loop, what may be in flight. */
  vus: number;
  /** Requests a second of an open loop, with stages their mean; null for a closed one. */
  ratePerSec: number | null;
  /** Parts of the window with a level of their own, VUs or requests a second; null for a constant load. */
  stages: readonly { durationMs: number; from: number; to: number }[] | null;
  warmupMs: number;
  windowMs: number;
  /** Refuse to begin where the URL can't be reached. */
  checkReachable: boolean;
  /** Answers when the load is to end early; null where it always runs to its end. */
  stopUrl: string | null;
}
