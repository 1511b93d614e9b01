import { newHistogram, recordUs } from '../../../common/histogram.js';
import { failedCount, type HostCpu, type LoadHost, type LoadResult } from '../../model/load.js';
import { assertBalanced, FAILURE_EXAMPLES } from '../accounting.js';
import { failureExample } from '../failure-class.js';
import { latencySummary } from '../latency-summary.js';
import { sum, sumByKey } from '../sums.js';
import type { VuBooks } from './segment-log.js';

const ABSENT: Record<string, string> = {
  'resources.engine':
    'the load engine ran on other hosts: each one’s CPU is in engine.hosts, and nothing else of it is sampled',
  'latencyUs.connecting':
    'k6’s http_req_duration begins once there is a connection; those of the window are made at its beginning',
  connectUs: 'k6 counts 0 for every request on a kept connection',
  bytesReceived: 'a k6 script sees bodies, not what was read',
  seconds: 'hosts hand over the whole window at its end',
};

/** One host's part of a load. */
export interface HostSegment {
  host: string;
  /** Half of the shortest round trip by which its clock was read: its window is off by at most so much. Null where nobody asked. */
  clockUncertaintyMs: number | null;
  cpu: HostCpu;
  vus: VuBooks[];
}

/**
 * One result of several k6: counts are summed, and every latency goes into one histogram. No percentile is computed
 * before all of them are together.
 * @param durationS of the window, which all had by the clock
 * @throws a plain Error where a host's books don't balance
 */
export function segmentResult(segments: readonly HostSegment[], durationS: number): LoadResult {
  const all = segments.flatMap(({ vus }) => vus);
  const [ok, firstByte, failed] = [newHistogram(), newHistogram(), newHistogram()];
  let responseUsSum = 0;
  for (const { timesUs } of all) {
    for (const us of timesUs.ok) recordUs(ok, us);
    for (const us of timesUs.firstByte) recordUs(firstByte, us);
    for (const us of timesUs.failed) recordUs(failed, us);
    for (const us of [...timesUs.ok, ...timesUs.failed]) responseUsSum += us;
  }
  const requests = requestsOf(all);
  const completions = ok.totalCount + failed.totalCount;
  assertBalanced(requests, completions);
  return {
    requests,
    windowS: durationS,
    latencyUs: latencySummary(ok),
    failedLatencyUs: latencySummary(failed),
    meanResponseUs: completions === 0 ? null : responseUsSum / completions,
    meanInFlight: sum(all.map(({ inFlightMs }) => inFlightMs)) / 1000 / durationS,
    bytesReceived: null,
    seconds: [],
    eventLoopUtilisation: null,
    workers: segments.length,
    hosts: segments.map(hostOf),
    absent: ABSENT,
    connectUs: null,
    firstByteUs: latencySummary(firstByte),
    failureExamples: examplesOf(all),
  };
}

function requestsOf(all: readonly VuBooks[]) {
  return {
    sent: sum(all.map(({ sent }) => sent)),
    ok: sum(all.map(({ ok }) => ok)),
    failed: sumByKey(all.map(({ failed }) => failed)),
    inFlightAtEnd: sum(all.map(({ inFlightAtEnd }) => inFlightAtEnd)),
    // The window's VUs write their first request in it.
    inFlightAtStart: 0,
    statusCodes: sumByKey(all.map(({ codes }) => codes)),
  };
}

function hostOf({ host, clockUncertaintyMs, cpu, vus }: HostSegment): LoadHost {
  const requests = requestsOf(vus);
  return {
    host,
    vus: vus.length,
    sent: requests.sent,
    ok: requests.ok,
    failed: failedCount(requests),
    inFlightAtEnd: requests.inFlightAtEnd,
    clockUncertaintyMs,
    ...cpu,
  };
}

function examplesOf(all: readonly VuBooks[]): string[] {
  const examples = all.flatMap(({ examples }) =>
    Object.entries(examples).map(([failure, { status, detail }]) =>
      failureExample({
        class: failure as keyof typeof examples,
        detail,
        ...(status === 0 ? {} : { status }),
      }),
    ),
  );
  return [...new Set(examples)].slice(0, FAILURE_EXAMPLES);
}
