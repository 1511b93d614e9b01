import { decodeHistogram, newHistogram } from '../../common/histogram.js';
import type { LoadResult, SecondOfLoad } from '../model/load.js';
import { sumArrivals } from './arrival-accounting.js';
import { classesCounted, mergeClasses } from './class-accounting.js';
import type { LoadArrivals, LoadSpec } from './engine.js';
import { latencySummary } from './latency-summary.js';
import { mergeStreams } from './streams/merge-streams.js';
import type { WorkerStreams } from './streams/stream-accounting.js';
import { sum, sumByKey } from './sums.js';
import {
  assertBalanced,
  type CountedRequests,
  FAILURE_EXAMPLES,
  sumRetryAfter,
  type WorkerReport,
} from './worker-report.js';

/** A worker's counts, and how busy it was, 0 to 1. */
export type WorkerOutcome = WorkerReport & { eventLoopUtilisation: number | null; streams?: WorkerStreams };

/**
 * Merge the counts of workers into one result: counts summed, histograms added, never percentiles averaged.
 * @throws a plain Error where a worker's request accounting does not balance
 */
export function mergeOutcomes(
  outcomes: WorkerOutcome[],
  windowStartUs: number,
  seconds: SecondOfLoad[],
  { mix, arrivals }: Pick<LoadSpec, 'mix' | 'arrivals'> = {},
): LoadResult {
  for (const outcome of outcomes) assertBalanced(outcome.requests, outcome.completions);
  const ok = merged(outcomes.map((outcome) => outcome.okHistogram));
  const failed = merged(outcomes.map((outcome) => outcome.failedHistogram));
  const completions = sum(outcomes.map((outcome) => outcome.completions));
  const requests = mergeRequests(outcomes.map((outcome) => outcome.requests));
  assertBalanced(requests, ok.totalCount + failed.totalCount);
  const endedUs = Math.max(...outcomes.map((outcome) => outcome.closedAtUs));
  const utilisations = outcomes.flatMap((outcome) => outcome.eventLoopUtilisation ?? []);
  const windowUs = Math.max(0, endedUs - windowStartUs);
  const streams = outcomes.flatMap((outcome) => outcome.streams ?? []);
  return {
    requests,
    wholeLoad: {
      ok: sum(outcomes.map((outcome) => outcome.wholeLoad.ok)),
      sentAtMost: sum(outcomes.map((outcome) => outcome.wholeLoad.sentAtMost)),
    },
    windowS: windowUs / 1e6,
    latencyUs: latencySummary(ok),
    failedLatencyUs: latencySummary(failed),
    meanResponseUs: completions === 0 ? null : sum(outcomes.map((outcome) => outcome.responseUsSum)) / completions,
    meanInFlight: windowUs === 0 ? null : sum(outcomes.map((outcome) => outcome.inFlightUsSum)) / windowUs,
    meanInBackOff: windowUs === 0 ? null : sum(outcomes.map((outcome) => outcome.backOffUsSum)) / windowUs,
    bytesReceived: sum(outcomes.map((outcome) => outcome.bytesReceived)),
    seconds,
    eventLoopUtilisation: utilisations.length === 0 ? null : Math.max(...utilisations),
    workers: outcomes.length,
    absent: {},
    connectUs: latencySummary(merged(outcomes.map((outcome) => outcome.connectHistogram))),
    firstByteUs: latencySummary(merged(outcomes.map((outcome) => outcome.firstByteHistogram))),
    ...(classesCounted(mix) > 0 && mix !== undefined
      ? {
          classes: mergeClasses(
            outcomes.map(({ classes }) => classes),
            mix,
          ),
        }
      : {}),
    ...(arrivals === undefined ? {} : mergeArrivals(outcomes, arrivals, requests)),
    ...(streams.length === 0 ? {} : { stream: mergeStreams(streams) }),
    failureExamples: [...new Set(outcomes.flatMap((outcome) => outcome.failureExamples))].slice(0, FAILURE_EXAMPLES),
  };
}

function mergeArrivals(outcomes: WorkerOutcome[], plan: LoadArrivals, { sent, inFlightAtStart }: CountedRequests) {
  const reports = outcomes.flatMap((outcome) => outcome.arrivals ?? []);
  const arrivals = sumArrivals(reports, plan);
  if (arrivals.sent + arrivals.carriedIn !== sent - inFlightAtStart) {
    throw new Error(
      `the arrivals of the load do not balance: ${arrivals.sent} + ${arrivals.carriedIn} sent, but ${sent - inFlightAtStart} written`,
    );
  }
  return {
    arrivals,
    sendDelayUs: latencySummary(merged(reports.map((report) => report.sendDelayHistogram))),
    rawLatencyUs: latencySummary(merged(reports.map((report) => report.rawHistogram))),
  };
}

function mergeRequests(all: CountedRequests[]): CountedRequests {
  const retryAfter = all.flatMap((requests) => requests.retryAfter ?? []);
  return {
    sent: sum(all.map((requests) => requests.sent)),
    ok: sum(all.map((requests) => requests.ok)),
    failed: sumByKey(all.map((requests) => requests.failed)),
    inFlightAtEnd: sum(all.map((requests) => requests.inFlightAtEnd)),
    inFlightAtStart: sum(all.map((requests) => requests.inFlightAtStart)),
    reopened: sum(all.map((requests) => requests.reopened ?? 0)),
    ...(retryAfter.length === 0 ? {} : { retryAfter: retryAfter.reduce(sumRetryAfter) }),
    statusCodes: sumByKey(all.map((requests) => requests.statusCodes)),
  };
}

function merged(encoded: string[]) {
  const total = newHistogram();
  for (const one of encoded) total.add(decodeHistogram(one));
  return total;
}
