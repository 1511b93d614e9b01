import type { Dialect, Message } from './request.js';

/** A request of a file that is replayed. */
export type ReplayedRequest =
  /** A conversation up to the last turn of the user. */
  | { kind: 'conversation'; messages: Message[] }
  /** A whole body in one dialect; its model and whether it streams are the run's. */
  | { kind: 'body'; dialect: Dialect; body: Record<string, unknown> };
