import { newHistogram, recordUs } from '../../../common/histogram.js';
import { answerProblem, type ExpectedAnswer } from '../../lib/chat-response.js';
import {
  FailureClass,
  failedCount,
  type HostCpu,
  type LoadHost,
  type LoadResult,
  type WholeLoad,
} from '../../model/load.js';
import type { LoadArrivals, LoadSpec } from '../engine.js';
import { badBody, failureExample } from '../failure-class.js';
import { latencySummary } from '../latency-summary.js';
import { sum, sumByKey } from '../sums.js';
import { assertBalanced, FAILURE_EXAMPLES } from '../worker-report.js';
import type { StagedWindow, VuAccount } from './log.js';
import { k6Stages } from './stages.js';

/** As in `remote-programs/k6/load.js`. */
const MAX_EXAMPLE_CHARACTERS = 4000;

const ABSENT: Record<string, string> = {
  'latencyUs.connecting':
    'k6’s http_req_duration begins once there is a connection; those of the window are made at its beginning',
  connectUs: 'k6 counts 0 for every request on a kept connection',
};

const NO_SECONDS = 'k6’s VUs report the whole window at its end';

const NO_FIRST_FRAME = 'k6 tells when a stream’s head began to come, and not when its first frame with text did';

const NO_FRAMES = 'a k6 script sees a stream once it is whole';

const ABSENT_OPEN: Record<string, string> = {
  sendDelayUs: 'k6 doesn’t tell when a request was due, and drops it where each of its VUs has one in flight',
};

const ABSENT_ON_HOSTS: Record<string, string> = {
  'resources.engine':
    'the load engine ran on other hosts: each one’s CPU is in engine.hosts, and nothing else of it is sampled',
  bytesReceived: 'a k6 script sees bodies, not what was read',
};

export interface K6Window {
  windowS: number;
  /** Threads of one k6, or several k6. */
  workers: number;
  bytesReceived: number | null;
  /** Requests of no VU's own: what setup() sends. */
  setupRequests?: number;
  /** Of an open loop. */
  arrivals?: LoadArrivals | undefined;
  /** Of a load with stages. */
  staged?: StagedWindow | undefined;
  /** Absent where it isn't known any more: the examples then don't say what is wrong with a body. */
  expected?: ExpectedAnswer;
  /** Why more than {@link ABSENT} is missing. */
  absent?: Record<string, string>;
}

/** What the load that was asked for tells of a window. */
export function windowFacts(spec: LoadSpec): Pick<K6Window, 'expected' | 'arrivals' | 'staged'> {
  const { arrivals, stages, warmupS } = spec;
  return { expected: spec, arrivals, staged: stages === undefined ? undefined : { stages, warmupS } };
}

/**
 * One result of all VUs: counts are summed, and every latency goes into one histogram.
 * @throws a plain Error where a VU's requests don't add up
 */
export function k6Result(vus: readonly VuAccount[], window: K6Window): LoadResult {
  const [ok, firstByte, failed] = [newHistogram(), newHistogram(), newHistogram()];
  let responseUsSum = 0;
  for (const { latenciesUs } of vus) {
    for (const us of latenciesUs.ok) recordUs(ok, us);
    for (const us of latenciesUs.firstByte) recordUs(firstByte, us);
    for (const us of latenciesUs.failed) recordUs(failed, us);
    for (const kind of ['ok', 'failed'] as const) for (const us of latenciesUs[kind]) responseUsSum += us;
  }
  const { windowS, workers, bytesReceived, arrivals, staged, absent, setupRequests = 0 } = window;
  const requests = requestsOf(vus);
  const completions = ok.totalCount + failed.totalCount;
  assertBalanced(requests, completions);
  return {
    requests,
    wholeLoad: wholeLoadOf(vus, setupRequests),
    windowS,
    latencyUs: latencySummary(ok),
    failedLatencyUs: latencySummary(failed),
    meanResponseUs: completions === 0 ? null : responseUsSum / completions,
    meanInFlight: windowS === 0 ? null : sum(vus.map(({ inFlightMs }) => inFlightMs)) / 1000 / windowS,
    meanInBackOff: null,
    bytesReceived,
    seconds: [],
    eventLoopUtilisation: null,
    workers,
    absent: {
      ...ABSENT,
      ...(staged === undefined ? { seconds: NO_SECONDS } : {}),
      ...(arrivals === undefined ? {} : ABSENT_OPEN),
      ...(firstByte.totalCount < ok.totalCount ? { firstByteUs: NO_FIRST_FRAME } : {}),
      ...(window.expected?.stream === true ? { stream: NO_FRAMES } : {}),
      ...absent,
    },
    connectUs: null,
    firstByteUs: latencySummary(firstByte),
    ...(arrivals === undefined ? {} : arrivalsOf(arrivals, vus, windowS)),
    ...(staged === undefined ? {} : k6Stages(vus, staged, windowS)),
    failureExamples: examplesOf(vus, window.expected),
  };
}

/** One host's part of a load, its k6's execution segment. */
export interface HostSegment {
  host: string;
  /** Half of the shortest round trip by which its clock was read: its window is off by at most this much. Null if the clock wasn't read. */
  clockUncertaintyMs: number | null;
  cpu: HostCpu;
  vus: VuAccount[];
}

/**
 * One result of several k6. No percentile is computed before all latencies are together.
 * @param durationS of the window, which all had by the clock
 * @param known as in {@link K6Window}
 */
export function mergeSegments(
  segments: readonly HostSegment[],
  durationS: number,
  known: Pick<K6Window, 'expected' | 'arrivals' | 'staged'> = {},
): LoadResult {
  const window = {
    windowS: durationS,
    workers: segments.length,
    bytesReceived: null,
    // Each host first checks that it reaches the gateway.
    setupRequests: segments.length,
    absent: ABSENT_ON_HOSTS,
    ...known,
  };
  const vus = segments.flatMap((segment) => segment.vus);
  const result = k6Result(vus, window);
  return { ...result, hosts: segments.map(hostOf) };
}

/** k6 begins a request when it is due, or drops it because each VU has one in flight. */
function arrivalsOf(plan: LoadArrivals, vus: readonly VuAccount[], windowS: number) {
  const raw = newHistogram();
  for (const { latenciesUs } of vus) for (const us of latenciesUs.raw) recordUs(raw, us);
  const sent = sum(vus.map((vu) => vu.sent));
  // It may begin one more at the very end.
  const planned = Math.max(Math.round(plan.ratePerSec * windowS), sent);
  const unsent = planned - sent;
  const counted = { planned, sent, unsent, carriedIn: 0, heldBack: unsent, slipped: null, inFlightMax: null };
  return { arrivals: { ...plan, ...counted }, sendDelayUs: null, rawLatencyUs: latencySummary(raw) };
}

function requestsOf(vus: readonly VuAccount[]) {
  return {
    sent: sum(vus.map(({ sent }) => sent)),
    ok: sum(vus.map(({ ok }) => ok)),
    failed: sumByKey(vus.map(({ failed }) => failed)),
    inFlightAtEnd: sum(vus.map(({ inFlightAtEnd }) => inFlightAtEnd)),
    // The window's VUs write their first request in it.
    inFlightAtStart: 0,
    statusCodes: sumByKey(vus.map(({ codes }) => codes)),
  };
}

function wholeLoadOf(vus: readonly VuAccount[], setupRequests: number): WholeLoad | null {
  const warmUps = vus.flatMap(({ warmUp }) => warmUp ?? []);
  if (warmUps.length < vus.length) return null;
  return {
    ok: sum([...vus, ...warmUps].map(({ ok }) => ok)),
    sentAtMost: setupRequests + sum([...vus, ...warmUps].map(({ sent }) => sent)),
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

function examplesOf(vus: readonly VuAccount[], expected: ExpectedAnswer | undefined): string[] {
  const examples = vus.flatMap(({ examples }) =>
    FailureClass.options.flatMap((failure) => {
      const example = examples[failure];
      if (example === undefined) return [];
      const { status, detail } = example;
      // What was cut off on its way here is another text.
      const whole = failure === 'bad_body' && status === 200 && detail.length < MAX_EXAMPLE_CHARACTERS;
      const problem = whole && expected !== undefined ? answerProblem(detail, expected) : null;
      if (problem !== null) return [failureExample(badBody(problem, detail))];
      return [failureExample({ class: failure, detail, ...(status === 0 ? {} : { status }) })];
    }),
  );
  return [...new Set(examples)].slice(0, FAILURE_EXAMPLES);
}
