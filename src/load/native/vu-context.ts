import type { SecureContext } from 'node:tls';
import type { RequestAccounting } from '../accounting.js';
import type { ResponseJudge } from '../response-judge.js';
import type { StreamAccounting } from '../streams/stream-accounting.js';
import type { PreparedMix } from './prepared-mix.js';
import type { PreparedRequest } from './request-bytes.js';
import type { ResponseParser } from './response-parser.js';

/** A VU, as a pacer sees it. */
export interface Sender {
  /**
   * Send a request.
   * @param dueUs when it was to be sent; its latency counts from then
   * @returns when it was written
   */
  send(dueUs: number): number;
}

/** Decides when a VU that has its response sends again, where that isn't at once. */
export interface Pacer {
  /** A VU waits after a failure before it comes back here. */
  readonly backsOff: boolean;
  /** The VU's request ended: from now on it is the pacer's, which makes it {@link Sender.send}. */
  released(user: Sender, nowUs: number): void;
  /** A success in the window took so long from its write. */
  succeeded(rawUs: number): void;
}

/** What the VUs of a worker have in common. */
export interface VuContext {
  /** Null where a VU has no think time. */
  pacer: Pacer | null;
  request: PreparedRequest;
  /** Whom to trust over TLS; null for plain HTTP. */
  secureContext: SecureContext | null;
  /** Null where every request is the same. */
  mix: Pick<PreparedMix, 'drawFor'> | null;
  accounting: RequestAccounting;
  /** Null where responses are no streams. */
  streams: StreamAccounting | null;
  judge: ResponseJudge;
  /**
   * Parses responses that come in one piece, as nearly all do, for all VUs. It stays in the processor's cache; a
   * thousand parsers would not.
   */
  parser: ResponseParser;
}
