import type { Dialect, Message } from './request.js';

/** What a line of a replayed file asks. */
type ReplayedAsk =
  /** A conversation up to the last turn of the user. */
  | { kind: 'conversation'; messages: Message[] }
  /** A whole body in one dialect; its model and whether it streams are the run's. */
  | { kind: 'body'; dialect: Dialect; body: Record<string, unknown> }
  /** Of a trace without texts, how long they were. */
  | { kind: 'lengths'; inputTokens: number; outputTokens: number };

/** A request of a file that is replayed. */
export type ReplayedRequest = ReplayedAsk & {
  /** Milliseconds since the file's first request; absent unless arrivals are recorded. */
  atMs?: number;
};

/**
 * Requests a second of a recording: as many as it has gaps, in the time from its first request to its last.
 * @returns null where nothing passes between them
 */
export function recordedRatePerSec(replayed: readonly ReplayedRequest[]): number | null {
  const lastMs = replayed.at(-1)?.atMs ?? 0;
  return lastMs > 0 ? ((replayed.length - 1) * 1000) / lastMs : null;
}
