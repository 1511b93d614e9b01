import type { LoadSpec } from '../engine.js';
import { JUDGE_ANSWER } from './check-response-script.js';
import { MARK, milliseconds, WARMUP, WINDOW } from './script.js';

/** Variable that tells the script when to begin: milliseconds since the epoch, on the clock of the k6 that reads it. */
export const START_VARIABLE = 'GATEBENCH_START_MS';

/**
 * For every k6 that runs the script. Its own metrics are not wanted: without a summary it doesn't keep their values. A
 * variable and not a flag, since older versions, which don't know it, refuse unknown flags.
 */
export const SEGMENT_ENVIRONMENT = { K6_AUTO_EXTENSION_RESOLUTION: 'false', K6_SUMMARY_MODE: 'disabled' };

/** How long after the window's end a request may take until it is broken off; it is unfinished either way. */
const LAST_ANSWER_S = 1;
/** How long after the window's end k6 ends: by then every VU has handed over its books. */
export const CLOSING_S = 3;

/** Latencies in a line of the log; longer lines are read more slowly, shorter ones are many. */
const TIMES_PER_LINE = 5_000;

/**
 * The k6 script of a load that several k6 drive, each a segment of its VUs. All of them read the same text.
 * k6's summary holds percentiles, which can't be put together. So each VU keeps its own books, and writes them to the
 * log, every latency of the window among them, when the window is over and the gateway is left alone.
 * The window is one of wall-clock time, the same for all: `START + warm-up` until `+ duration`.
 */
export function segmentScript(spec: LoadSpec): string {
  const vus = { executor: 'constant-vus', vus: spec.vus, gracefulStop: '0s' };
  const options = {
    scenarios: {
      ...(spec.warmupS > 0
        ? { [WARMUP]: { ...vus, exec: WARMUP, startTime: '0ms', duration: milliseconds(spec.warmupS) } }
        : {}),
      [WINDOW]: {
        ...vus,
        exec: WINDOW,
        startTime: milliseconds(spec.warmupS),
        duration: milliseconds(spec.durationS + CLOSING_S),
      },
    },
    setupTimeout: '10m',
    discardResponseBodies: false,
    noConnectionReuse: false,
    noVUConnectionReuse: false,
    maxRedirects: 0,
  };
  const params = { headers: spec.headers, timeout: Math.round(spec.timeoutS * 1000), responseType: 'text' };
  return `import http from 'k6/http';
import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = ${JSON.stringify(options, null, 2)};

const URL = ${JSON.stringify(spec.origin + spec.path)};
const BODY = ${JSON.stringify(spec.body)};
const PARAMS = ${JSON.stringify(params, null, 2)};
const STREAM = ${spec.stream};
const MARK = ${JSON.stringify(MARK)};
const WARMUP_MS = ${Math.round(spec.warmupS * 1000)};
const WINDOW_MS = ${Math.round(spec.durationS * 1000)};
const TIMEOUT_MS = ${params.timeout};
const LAST_ANSWER_MS = ${LAST_ANSWER_S * 1000};
const TIMES_PER_LINE = ${TIMES_PER_LINE};
const START_MS = __ENV.${START_VARIABLE} ? Number(__ENV.${START_VARIABLE}) : null;
${STATIC_PART}
${JUDGE_ANSWER}
`;
}

/** What every segment has. */
const STATIC_PART = `
let failuresInARow = 0;
let books = null;

function say(value) {
  console.log(MARK + JSON.stringify(value));
}

/** One request, to see that there is a way to the gateway; then wait for the moment that all have agreed on. */
export function setup() {
  const { status, error } = http.post(URL, BODY, PARAMS);
  if (status === 0) {
    say({ unreachable: error });
    exec.test.abort('unreachable');
  }
  if (START_MS === null) return;
  const leftMs = START_MS - Date.now();
  if (leftMs < 0) {
    say({ lateMs: -leftMs });
    exec.test.abort('late');
  }
  sleep(leftMs / 1000);
}

export function ${WARMUP}() {
  const answer = http.post(URL, BODY, PARAMS);
  failureOf(answer);
  backOff(answer);
}

export function ${WINDOW}() {
  if (books === null) open();
  const { endMs } = books;
  const startedMs = Date.now();
  if (startedMs >= endMs) return close();
  if (books.firstMs === null) books.firstMs = startedMs - (endMs - WINDOW_MS);
  PARAMS.timeout = Math.min(TIMEOUT_MS, endMs + LAST_ANSWER_MS - startedMs);
  books.sent += 1;
  const answer = http.post(URL, BODY, PARAMS);
  const endedMs = Date.now();
  books.inFlightMs += Math.min(endedMs, endMs) - startedMs;
  if (endedMs >= endMs) {
    books.unfinished += 1;
    return close();
  }
  record(answer, failureOf(answer));
  backOff(answer);
}

function open() {
  const endMs = (START_MS === null ? exec.scenario.startTime : START_MS + WARMUP_MS) + WINDOW_MS;
  const times = { ok: [], firstByte: [], failed: [] };
  books = { endMs, windowMs: WINDOW_MS, firstMs: null, sent: 0, ok: 0, unfinished: 0, inFlightMs: 0, failed: {}, codes: {}, examples: {}, times };
}

function record(answer, failure) {
  const us = Math.round(answer.timings.duration * 1000);
  if (failure === null) {
    books.ok += 1;
    books.times.ok.push(us);
    books.times.firstByte.push(Math.round((answer.timings.sending + answer.timings.waiting) * 1000));
    return;
  }
  books.failed[failure] = (books.failed[failure] || 0) + 1;
  books.times.failed.push(us);
  if (answer.status > 0 && answer.status !== 200) books.codes[answer.status] = (books.codes[answer.status] || 0) + 1;
  if (books.examples[failure] === undefined) {
    const detail = answer.status === 0 ? answer.error : String(answer.body);
    books.examples[failure] = { status: answer.status, detail: detail.slice(0, 400) };
  }
}

/** A dead gateway is one fact, not ten million failures. */
function backOff({ status }) {
  if (status === 0) sleep(Math.min(1, 0.1 * 2 ** failuresInARow++));
  else failuresInARow = 0;
}

/** For versions that can't do without a summary. */
export function handleSummary() {
  return {};
}

/** Hand over, once; then wait until k6 ends. */
function close() {
  const { times, ...counts } = books;
  const vu = exec.vu.idInTest;
  if (!books.closed) {
    books.closed = true;
    for (const kind of Object.keys(times)) {
      for (let from = 0; from < times[kind].length; from += TIMES_PER_LINE) {
        say({ vu, kind, us: times[kind].slice(from, from + TIMES_PER_LINE) });
      }
    }
    say({ vu, books: counts });
  }
  sleep(60);
}
`;
