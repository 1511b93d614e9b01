import { completionsOf, failedCount, type LoadResult } from '../../model/load.js';
import type { CpuUse } from './cpu-use.js';
import type { PercentileError } from './percentile-error.js';

/** What a trial came to. What an engine can't tell is null, never 0. */
export interface Figures {
  /** Successes a second. */
  ratePerSec: number;
  p50Us: number | null;
  p99Us: number | null;
  p999Us: number | null;
  failed: number;
  /** Whether sent = ok + failed + inFlightAtEnd; null where the engine doesn't count them all. */
  balanced: boolean | null;
  /** CPU time a completion, failures included. */
  engineCpuUs: number | null;
  upstreamCpuUs: number | null;
  /** Of p50, p95 and p99, where the true delays were recorded; else empty. */
  errors: PercentileError[];
}

export function figuresOf(load: LoadResult, cpu: CpuUse | null, errors: PercentileError[]): Figures {
  const { requests, windowS, latencyUs } = load;
  const failed = failedCount(requests);
  const completionsPerSec = windowS > 0 ? completionsOf(requests) / windowS : 0;
  const perCompletion = (usPerSec: number | null | undefined) =>
    usPerSec === null || usPerSec === undefined || completionsPerSec === 0 ? null : usPerSec / completionsPerSec;
  return {
    ratePerSec: windowS > 0 ? requests.ok / windowS : 0,
    p50Us: latencyUs?.p50 ?? null,
    p99Us: latencyUs?.p99 ?? null,
    p999Us: latencyUs?.p999 ?? null,
    failed,
    balanced:
      requests.sent === null || requests.inFlightAtEnd === null
        ? null
        : requests.sent === requests.ok + failed + requests.inFlightAtEnd,
    engineCpuUs: perCompletion(cpu?.engineUsPerSec),
    upstreamCpuUs: perCompletion(cpu?.upstreamUsPerSec),
    errors,
  };
}
