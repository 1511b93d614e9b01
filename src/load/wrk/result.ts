import { type Histogram, newHistogram } from '../../../common/histogram.js';
import type { ExpectedAnswer } from '../../lib/chat-response.js';
import { ExpectedError } from '../../lib/errors.js';
import type { LoadResult, Requests, WholeLoad } from '../../model/load.js';
import { latencySummary } from '../latency-summary.js';
import { sum } from '../sums.js';
import { FAILURE_EXAMPLES } from '../worker-report.js';
import { type Counts, correctionIntervalUs, withoutCorrection } from './coordinated-omission.js';
import type { WrkOutput } from './output.js';
import { failedResponses, type JudgedResponses, judgeResponses } from './responses.js';

/** What wrk can't tell of any window, by the record's field. */
const NEVER_TOLD: Record<string, string> = {
  'requests.sent': 'wrk does not count what it sends',
  'requests.inFlightAtEnd': 'wrk drops what is in flight when it ends, uncounted',
  'requests.failed.closed': 'wrk counts closed connections and reset ones together: both are under reset',
  'requests.failed.local':
    'wrk counts connections that could not be made without the reason: all of them are under refused',
  failedLatencyUs: 'wrk keeps one histogram for all answers',
  connectUs: 'wrk measures from the first write of a request; the window’s connections are made at its beginning',
  firstByteUs: 'wrk measures whole answers only',
  meanInFlight: 'wrk does not tell when each request began',
  seconds: 'wrk tells its counts at its end only',
};

export interface WrkWindow {
  /** Without answers only where those of the warm-up were looked at, and all were right. */
  output: WrkOutput;
  connections: number;
  threads: number;
  expected: ExpectedAnswer;
  /** The wrk that ran before, if any. */
  warmup: WrkOutput | null;
}

/**
 * wrk's counts as a record.
 * @throws ExpectedError where its statistics don't add up: then it is a wrk that we don't know
 */
export function wrkResult({ output, connections, threads, expected, warmup }: WrkWindow): LoadResult {
  const { requests, durationUs, errors } = output;
  const measured = withoutCorrection(new Map(output.latency), correctionIntervalUs(durationUs, requests, connections));
  const total = [...measured.values()].reduce((sum, count) => sum + count, 0);
  if (total !== requests - errors.timeout || [...measured.values()].some((count) => count < 0)) {
    throw new ExpectedError(
      `wrk's histogram holds ${total} answers, and it counted ${requests}, ${errors.timeout} of them too late for it`,
      'use the wrk that this was written for: gatebench setup wrk',
    );
  }
  const answers = output.answers === null ? null : judgeResponses(output.answers, expected);
  const badResponses = answers === null ? errors.status : failedResponses(answers);
  const allGood = badResponses === 0;
  const histogram = histogramOf(measured);
  const runs = [warmup, output].filter((run) => run !== null).map((run) => wholeRun(run, connections, expected));
  return {
    requests: {
      sent: null,
      // A late answer with a bad status is in both counts.
      ok: Math.max(0, requests - badResponses - errors.timeout),
      failed: failedByClass(output, answers),
      inFlightAtEnd: null,
      inFlightAtStart: 0,
      statusCodes: answers?.statusCodes ?? {},
    },
    wholeLoad: { ok: sum(runs.map(({ ok }) => ok)), sentAtMost: sum(runs.map(({ sentAtMost }) => sentAtMost)) },
    windowS: durationUs / 1e6,
    latencyUs: allGood ? latencySummary(histogram) : null,
    failedLatencyUs: null,
    meanResponseUs: total === 0 ? null : sumOf(measured) / total,
    meanInFlight: null,
    meanInBackOff: null,
    bytesReceived: output.bytes,
    seconds: [],
    eventLoopUtilisation: null,
    workers: threads,
    absent: {
      ...NEVER_TOLD,
      ...(answers === null ? UNLOOKED : {}),
      ...(expected.stream ? { stream: 'wrk measures whole answers only' } : {}),
      ...(allGood
        ? {}
        : {
            latencyUs: `${badResponses} of ${requests} answers failed, and wrk's one histogram holds them with the others`,
          }),
    },
    connectUs: null,
    firstByteUs: null,
    failureExamples: answers?.examples.slice(0, FAILURE_EXAMPLES) ?? [],
  };
}

/** A load that ended before its window began. */
export function nothingMeasured(threads: number): LoadResult {
  return {
    requests: { sent: null, ok: 0, failed: {}, inFlightAtEnd: null, inFlightAtStart: 0, statusCodes: {} },
    wholeLoad: null,
    windowS: 0,
    latencyUs: null,
    failedLatencyUs: null,
    meanResponseUs: null,
    meanInFlight: null,
    meanInBackOff: null,
    bytesReceived: 0,
    seconds: [],
    eventLoopUtilisation: null,
    workers: threads,
    absent: NEVER_TOLD,
    connectUs: null,
    firstByteUs: null,
    failureExamples: [],
  };
}

/** What wrk doesn't count it can't have sent more than once for each response, broken connection and connection at its end. */
function wholeRun({ requests, errors, answers }: WrkOutput, connections: number, expected: ExpectedAnswer): WholeLoad {
  const bad = answers === null ? errors.status : failedResponses(judgeResponses(answers, expected));
  return { ok: Math.max(0, requests - bad), sentAtMost: requests + errors.read + errors.write + connections };
}

/** Checking every response would double wrk's cost, so it is done in the warm-up, which isn't measured. */
const UNLOOKED: Record<string, string> = {
  'requests.failed.bad_body':
    'bodies are looked at in wrk’s warm-up, where none was wrong, and not in its window, where that would cost too much',
  'requests.failed.http_3xx': 'wrk counts a status up to 399 as a success',
  'requests.failed.http_4xx': 'wrk counts every status above 399 as one: all of them are under http_5xx',
  'requests.statusCodes': 'wrk keeps no status codes',
};

function failedByClass({ errors }: WrkOutput, answers: JudgedResponses | null): Requests['failed'] {
  const counts: Requests['failed'] = {
    ...(answers === null ? { http_5xx: errors.status } : answers.failed),
    refused: errors.connect,
    reset: errors.read + errors.write,
    timeout: errors.timeout,
  };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function histogramOf(counts: Counts): Histogram {
  const histogram = newHistogram();
  for (const [us, count] of counts) histogram.recordValueWithCount(Math.max(1, us), count);
  return histogram;
}

function sumOf(counts: Counts): number {
  let sum = 0;
  for (const [us, count] of counts) sum += us * count;
  return sum;
}
