import type { Latency, LoadResult, Requests } from '../../model/load.js';
import { FAILURE_EXAMPLES } from '../accounting.js';
import { COUNTED_FAILURES, METRICS } from './script.js';
import type { K6Summary } from './summary.js';

const ABSENT: Record<string, string> = {
  'requests.sent': 'k6 breaks off what is in flight at the window’s end (gracefulStop 0s) and does not count it',
  'requests.inFlightAtEnd':
    'k6 breaks off what is in flight at the window’s end (gracefulStop 0s) and does not count it',
  'requests.statusCodes': 'k6’s summary holds no table of status codes',
  'latencyUs.histogram': 'k6’s summary holds percentiles only, interpolated between two values, not by nearest rank',
  'latencyUs.connecting':
    'k6’s http_req_duration begins once there is a connection; those of the window are made at its beginning',
  connectUs: 'k6 counts 0 for every request on a kept connection',
  meanInFlight: 'k6’s summary does not hold when each request began',
  seconds: 'k6’s summary is of the whole window',
};

export interface K6Window {
  summary: K6Summary;
  warmupS: number;
  durationS: number;
  /** Threads that k6 may use. */
  threads: number;
  failureExamples: string[];
}

/** k6's summary as a record. */
export function k6Result({ summary, warmupS, durationS, threads, failureExamples }: K6Window): LoadResult {
  const value = (metric: string, key: string) => summary.metrics[metric]?.values[key] ?? 0;
  const failed: Requests['failed'] = {};
  for (const failure of COUNTED_FAILURES) {
    const count = value(METRICS.counter(failure), 'count');
    if (count > 0) failed[failure] = count;
  }
  const all = latencyOf(summary, METRICS.all);
  return {
    requests: {
      sent: null,
      ok: value(METRICS.checks, 'passes'),
      failed,
      inFlightAtEnd: null,
      inFlightAtStart: 0,
      statusCodes: {},
    },
    // Where it was ended early, what is left after the warm-up.
    windowS: Math.min(durationS, Math.max(0, summary.state.testRunDurationMs / 1000 - warmupS)),
    latencyUs: latencyOf(summary, METRICS.ok),
    failedLatencyUs: latencyOf(summary, METRICS.failed),
    meanResponseUs: all?.mean ?? null,
    meanInFlight: null,
    bytesReceived: Math.round(value(METRICS.bytes, 'count')),
    seconds: [],
    eventLoopUtilisation: null,
    workers: threads,
    absent: {
      ...ABSENT,
      ...((failed.bad_body ?? 0) > 0
        ? { 'latencyUs.bad_body': `the ${failed.bad_body} answers with a wrong body are among the 200s that k6 times` }
        : {}),
    },
    connectUs: null,
    firstByteUs: latencyOf(summary, METRICS.firstByte),
    failureExamples: failureExamples.slice(0, FAILURE_EXAMPLES),
  };
}

function latencyOf({ metrics }: K6Summary, name: string): Latency | null {
  const values = metrics[name]?.values;
  if (values === undefined || !values.count) return null;
  const us = (key: string) => (values[key] ?? 0) * 1000;
  return {
    count: values.count,
    p50: us('p(50)'),
    p90: us('p(90)'),
    p95: us('p(95)'),
    p99: us('p(99)'),
    p999: us('p(99.9)'),
    min: us('min'),
    mean: us('avg'),
    max: us('max'),
    histogram: null,
  };
}
