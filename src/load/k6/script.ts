import type { LoadSpec } from '../engine.js';
import { JUDGE_ANSWER } from './check-response-script.js';

/** Names of the two scenarios; every sample of k6 carries its scenario as a tag. */
export const WINDOW = 'window';
export const WARMUP = 'warmup';

/** Lines of k6's log that are for us begin with this. */
export const MARK = 'gatebench ';

/** Failure classes that the script can tell apart, each a counter of its own. */
export const COUNTED_FAILURES = [
  'refused',
  'reset',
  'timeout',
  'closed',
  'http_3xx',
  'http_4xx',
  'http_5xx',
  'bad_body',
  'local',
] as const;

/** `failed_refused`, the counter's name in k6. */
export function counterOf(failure: (typeof COUNTED_FAILURES)[number]): string {
  return `failed_${failure}`;
}

/** Percentiles and more of every duration, under k6's names for them. */
export const TREND_STATS = ['count', 'min', 'avg', 'max', 'p(50)', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)'] as const;

const OK = 'expected_response:true';
const NOT_OK = 'expected_response:false';

/** The metrics of the window that the summary is read from. */
export const METRICS = {
  requests: `http_reqs{scenario:${WINDOW}}`,
  checks: `checks{scenario:${WINDOW}}`,
  bytes: `data_received{scenario:${WINDOW}}`,
  all: `http_req_duration{scenario:${WINDOW}}`,
  ok: `http_req_duration{scenario:${WINDOW},${OK}}`,
  failed: `http_req_duration{scenario:${WINDOW},${NOT_OK}}`,
  firstByte: `http_req_waiting{scenario:${WINDOW},${OK}}`,
  counter: (failure: (typeof COUNTED_FAILURES)[number]) => `${counterOf(failure)}{scenario:${WINDOW}}`,
} as const;

/** k6 keeps the figures of a tagged part of a metric only where a threshold asks for them; these always hold. */
function thresholds(): Record<string, string[]> {
  return {
    [METRICS.requests]: ['count>=0'],
    [METRICS.checks]: ['rate>=0'],
    [METRICS.bytes]: ['count>=0'],
    [METRICS.all]: ['max>=0'],
    [METRICS.ok]: ['max>=0'],
    [METRICS.failed]: ['max>=0'],
    [METRICS.firstByte]: ['max>=0'],
    ...Object.fromEntries(COUNTED_FAILURES.map((failure) => [METRICS.counter(failure), ['count>=0']])),
  };
}

/** Constant VUs without a grace at the end, as the published benchmark drives them. */
function scenario(startS: number, seconds: number, vus: number) {
  return {
    executor: 'constant-vus',
    vus,
    startTime: milliseconds(startS),
    duration: milliseconds(seconds),
    gracefulStop: '0s',
  };
}

/** As k6 reads it: `1500ms`. */
export function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)}ms`;
}

/**
 * The k6 script of a load. Warm-up and window are two scenarios of one k6, since only samples with a tag of their own
 * can be summed up apart; the second one's connections are new, since k6 breaks off the requests of the first.
 * @param resultFile where the summary goes, absolute
 */
export function k6Script(spec: LoadSpec, resultFile: string): string {
  const options = {
    scenarios: {
      ...(spec.warmupS > 0 ? { [WARMUP]: scenario(0, spec.warmupS, spec.vus) } : {}),
      [WINDOW]: scenario(spec.warmupS, spec.durationS, spec.vus),
    },
    thresholds: thresholds(),
    summaryTrendStats: TREND_STATS,
    discardResponseBodies: false,
    noConnectionReuse: false,
    noVUConnectionReuse: false,
    maxRedirects: 0,
  };
  const params = { headers: spec.headers, timeout: milliseconds(spec.timeoutS), responseType: 'text' };
  return `import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';

export const options = ${JSON.stringify(options, null, 2)};

const URL = ${JSON.stringify(spec.origin + spec.path)};
const BODY = ${JSON.stringify(spec.body)};
const PARAMS = ${JSON.stringify(params, null, 2)};
const STREAM = ${spec.stream};
const RESULT_FILE = ${JSON.stringify(resultFile)};
const MARK = ${JSON.stringify(MARK)};
const COUNTERS = {
${COUNTED_FAILURES.map((failure) => `  ${failure}: new Counter('${counterOf(failure)}'),`).join('\n')}
};
${STATIC_PART}`;
}

/** What every script of one k6 has. */
const STATIC_PART = `
http.setResponseCallback(http.expectedStatuses(200));

const told = new Set();
let failuresInARow = 0;
let began = false;

export default function () {
  if (!began) {
    began = true;
    if (__VU === 1) console.log(MARK + JSON.stringify({ startedAtMs: exec.scenario.startTime }));
  }
  const answer = http.post(URL, BODY, PARAMS);
  const failure = failureOf(answer);
  check(answer, { 'is what was asked for': () => failure === null });
  if (failure !== null) {
    COUNTERS[failure].add(1);
    tell(failure, answer);
  }
  // A dead gateway is one fact, not ten million failures.
  if (answer.status === 0) sleep(Math.min(1, 0.1 * 2 ** failuresInARow++));
  else failuresInARow = 0;
}

${JUDGE_ANSWER}

/** The first failures of a few VUs are examples enough. */
function tell(failure, answer) {
  const kind = failure + answer.status;
  if (__VU > 5 || exec.scenario.name !== '${WINDOW}' || told.has(kind)) return;
  told.add(kind);
  const detail = answer.status === 0 ? answer.error : String(answer.body);
  console.log(MARK + JSON.stringify({ failure, status: answer.status, detail: detail.slice(0, 400) }));
}

export function handleSummary(data) {
  return { [RESULT_FILE]: JSON.stringify(data) };
}
`;
