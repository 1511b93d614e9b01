import { failedCount, type Requests, type RetryAfter, type WholeLoad } from '../model/load.js';
import type { ArrivalReport } from './arrival-accounting.js';
import type { ClassReport } from './class-accounting.js';

/** What one worker did in one second of one phase. The second in which the window starts comes as two. */
export interface WorkerSecond {
  second: number;
  phase: 'warmup' | 'window';
  ok: number;
  failed: number;
  /** Of the successes. */
  latenciesUs: Uint32Array;
}

/** Requests with both sides of the identity counted. */
export type CountedRequests = Requests & { sent: number; inFlightAtEnd: number; inFlightAtStart: number };

/** One worker's counts of the window. */
export interface WorkerReport {
  requests: CountedRequests;
  /** Written: every request, those of the moments between the window's end and the VUs' included. */
  wholeLoad: WholeLoad;
  /** Encoded, of successes and of failures. */
  okHistogram: string;
  failedHistogram: string;
  /** Encoded, of successes: from the write to the first byte of the answer. */
  firstByteHistogram: string;
  /** Encoded: every connection since the load began, since VUs keep those that they made in the warm-up. */
  connectHistogram: string;
  /** Exact sum and count over every completion, failures included, from the write. */
  responseUsSum: number;
  /** Total time that requests were in flight in the window, those in flight at its end included. */
  inFlightUsSum: number;
  /** Total time that VUs spent in back-off in the window. */
  backOffUsSum: number;
  completions: number;
  bytesReceived: number;
  closedAtUs: number;
  /** Of an open loop. */
  arrivals?: ArrivalReport;
  failureExamples: string[];
  /** Of a mix of classes, each; else empty. */
  classes: ClassReport[];
}

/** Distinct failures that are kept as examples. */
export const FAILURE_EXAMPLES = 5;

export function sumRetryAfter(a: RetryAfter, b: RetryAfter): RetryAfter {
  const read = (values: (number | null)[]) => values.filter((value) => value !== null);
  const [mins, maxs] = [read([a.minS, b.minS]), read([a.maxS, b.maxS])];
  return {
    responses: a.responses + b.responses,
    minS: mins.length === 0 ? null : Math.min(...mins),
    maxS: maxs.length === 0 ? null : Math.max(...maxs),
  };
}

/**
 * Check that no request is lost or counted twice.
 * @throws a plain Error: only a bug can break it
 */
export function assertBalanced(requests: CountedRequests, completions: number): void {
  const failed = failedCount(requests);
  const accounted = requests.ok + failed + requests.inFlightAtEnd;
  if (requests.sent !== accounted || completions !== requests.ok + failed) {
    throw new Error(
      `the load engine's request accounting does not balance: ${requests.sent} sent, but ${requests.ok} ok + ${failed} failed + ` +
        `${requests.inFlightAtEnd} in flight = ${accounted}, with ${completions} latencies recorded`,
    );
  }
}
