import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

/**
 * A load for k6: VUs, or arrivals at a rate, constant or in stages; first a warm-up, then the window that is measured. `LOAD` is
 * put before this text (src/load/k6/script.ts), so that it is one file wherever it runs.
 *
 * k6's summary has neither requests in flight nor percentiles that could be merged with another k6's. So each VU accounts
 * for its own requests, and logs every latency when the window is over and the gateway is left alone.
 *
 * @typedef {'refused' | 'reset' | 'timeout' | 'closed' | 'tls' | 'http_3xx' | 'http_4xx' | 'http_5xx' | 'bad_body' | 'local'} FailureClass
 * @typedef {import('k6/http').RefinedResponse<'text'>} Response
 *
 * @typedef {object} Account The requests of one VU in the window.
 * @property {number} endMs of the window, milliseconds since the epoch
 * @property {number} windowMs
 * @property {number | null} firstMs from the window's start to the first request, or to its rest where it is one too many
 * @property {number} sent
 * @property {number} ok
 * @property {{ sent: number, ok: number }} warmUp of the same VU: k6 has no more VUs than the window takes
 * @property {number} inFlightAtEnd
 * @property {number} inFlightMs time that requests spent in the window, all together
 * @property {Partial<Record<FailureClass, number>>} failed
 * @property {Record<string, number>} codes
 * @property {Partial<Record<FailureClass, { status: number, detail: string }>>} examples
 *
 * @typedef {object} Latencies In microseconds.
 * @property {number[]} ok
 * @property {number[]} firstByte
 * @property {number[]} failed
 * @property {number[]} raw of an open loop only
 * @property {number[]} okEnd from the window's start to the response's end, in the order of `ok`; of a load with stages only
 * @property {number[]} failedEnd
 */

/** Of a failed response's body. The harness says what is wrong with a body that is whole. */
const MAX_EXAMPLE_CHARACTERS = 4000;
/** The log's lines for the harness begin with this. */
const MARK = 'gatebench ';
/** How long after the window's end a request is still waited for. It counts as in flight at the end either way. */
const LAST_RESPONSE_MS = 1000;
/** For VUs that log a great many latencies. k6 ends as soon as all of them have. */
const HANDOVER_MS = 60000;
/** Longer lines are read more slowly, shorter ones are many. */
const LATENCIES_PER_LINE = 5000;
/** When to begin, on this machine's clock: several k6 begin together. */
const START_MS = __ENV.GATEBENCH_START_MS ? Number(__ENV.GATEBENCH_START_MS) : null;

const TOTAL_MS = LOAD.warmupMs + LOAD.windowMs;
const ONCE = { executor: 'per-vu-iterations', iterations: 1, gracefulStop: '0s' };
const WARM_UP = { executor: 'constant-vus', exec: 'warmUp', gracefulStop: '0s' };
/** After a request was given up that the window's end met in flight. */
const GRACE_MS = LAST_RESPONSE_MS + 1000;
/** How often a VU that is one too many looks whether the load is to end. */
const REST_MS = 250;

function closedLoop() {
  const [first] = LOAD.stages || [];
  const warmupVus = first === undefined ? LOAD.vus : Math.round(first.from);
  return {
    // k6 refuses a scenario of 0 s, or of no VUs.
    ...(LOAD.warmupMs > 0 && warmupVus > 0
      ? { warmup: { ...WARM_UP, vus: warmupVus, startTime: '0ms', duration: `${LOAD.warmupMs}ms` } }
      : {}),
    window: {
      ...ONCE,
      exec: 'measure',
      vus: LOAD.vus,
      startTime: `${LOAD.warmupMs}ms`,
      maxDuration: `${LOAD.windowMs + HANDOVER_MS}ms`,
    },
    ...(LOAD.stopUrl === null
      ? {}
      : { stop: { ...ONCE, exec: 'awaitStop', vus: 1, maxDuration: `${TOTAL_MS + HANDOVER_MS}ms` } }),
  };
}

/**
 * Arrivals at a rate. The scenarios don't overlap, so that all have the same VUs: in the last one each hands over what it did.
 * @param {number} ratePerSec
 */
function openLoop(ratePerSec) {
  const [first] = LOAD.stages || [];
  const arrivals = { timeUnit: '1000s', preAllocatedVUs: LOAD.vus, maxVUs: LOAD.vus };
  const constant = (/** @type {number} */ perSec, /** @type {number} */ ms) => ({
    ...arrivals,
    executor: 'constant-arrival-rate',
    rate: wholeRate(perSec),
    duration: `${ms}ms`,
  });
  return {
    ...(LOAD.warmupMs > 0
      ? {
          warmup: {
            ...constant(first === undefined ? ratePerSec : first.from, LOAD.warmupMs),
            exec: 'warmUpOne',
            gracefulStop: '0s',
          },
        }
      : {}),
    window: {
      ...(LOAD.stages === null
        ? constant(ratePerSec, LOAD.windowMs)
        : { ...arrivals, executor: 'ramping-arrival-rate', ...rampedRate(LOAD.stages) }),
      exec: 'measureOne',
      startTime: `${LOAD.warmupMs}ms`,
      gracefulStop: `${GRACE_MS}ms`,
    },
    handover: {
      ...ONCE,
      exec: 'handOverOne',
      vus: LOAD.vus,
      startTime: `${TOTAL_MS + GRACE_MS}ms`,
      maxDuration: `${HANDOVER_MS}ms`,
    },
  };
}

/**
 * A rate for k6 is a whole number of requests in some time, here 1,000 s.
 * @param {number} perSec
 */
function wholeRate(perSec) {
  return Math.round(perSec * 1000);
}

/**
 * k6 goes on from the rate before; to another one at once where a stage of 0 s says so.
 * @param {NonNullable<typeof LOAD.stages>} stages
 */
function rampedRate(stages) {
  let rate = wholeRate(stages[0]?.from ?? 0);
  const startRate = rate;
  const ramps = [];
  for (const { durationMs, from, to } of stages) {
    if (wholeRate(from) !== rate) ramps.push({ target: wholeRate(from), duration: '0s' });
    rate = wholeRate(to);
    ramps.push({ target: rate, duration: `${durationMs}ms` });
  }
  return { startRate, stages: ramps };
}

export const options = {
  scenarios: LOAD.ratePerSec === null ? closedLoop() : openLoop(LOAD.ratePerSec),
  // k6 keeps a metric of one scenario only where a threshold asks for it. This one always holds.
  thresholds: { 'data_received{scenario:window}': ['count>=0'] },
  setupTimeout: '10m',
  discardResponseBodies: false,
  noConnectionReuse: false,
  noVUConnectionReuse: false,
  maxRedirects: 0,
};

let failuresInARow = 0;
/** What this VU did in the warm-up, the request that its end interrupted included. */
const warmedUp = { sent: 0, ok: 0 };

/** @param {object} value */
function log(value) {
  console.log(MARK + JSON.stringify(value));
}

/** Wait for the moment that all k6 agreed on, if the gateway can be reached. */
export function setup() {
  if (LOAD.stages !== null) log({ stages: LOAD.stages, warmupMs: LOAD.warmupMs });
  if (LOAD.checkReachable) {
    const { status, error } = post(LOAD.timeoutMs);
    if (status === 0) {
      log({ unreachable: error });
      exec.test.abort('unreachable');
    }
  }
  if (START_MS === null) return;
  const leftMs = START_MS - Date.now();
  if (leftMs < 0) {
    log({ lateMs: -leftMs });
    exec.test.abort('late');
  }
  sleep(leftMs / 1000);
}

/** Never ends by itself: no iteration is to be complete before the window's end, see {@link isStopped}. */
export function warmUp() {
  for (;;) {
    warmedUp.sent += 1;
    const response = post(LOAD.timeoutMs);
    const failure = failureOf(response);
    if (failure === null) warmedUp.ok += 1;
    backOff(failure);
  }
}

/** One request of an open loop's warm-up. */
export function warmUpOne() {
  tellStart(0);
  warmedUp.sent += 1;
  if (failureOf(post(LOAD.timeoutMs)) === null) warmedUp.ok += 1;
}

/**
 * Of this VU in an open loop's window; null before its first request.
 * @type {Account | null}
 */
let ownAccount = null;
const ownLatencies = noLatencies();

/** One request of an open loop's window. k6 begins it when it is due, or drops it. */
export function measureOne() {
  tellStart(LOAD.warmupMs);
  const startMs = windowStartMs();
  const account = ownAccount || newAccount(startMs);
  ownAccount = account;
  const startedMs = Date.now();
  if (startedMs >= account.endMs) return;
  if (account.firstMs === null) account.firstMs = startedMs - startMs;
  account.sent += 1;
  const response = post(Math.min(LOAD.timeoutMs, account.endMs + LAST_RESPONSE_MS - startedMs));
  const endedMs = Date.now();
  account.inFlightMs += Math.min(endedMs, account.endMs) - startedMs;
  if (endedMs >= account.endMs) account.inFlightAtEnd += 1;
  else record(account, ownLatencies, response, endedMs - startMs);
}

/** Each VU of an open loop, once: those that sent nothing say so. */
export function handOverOne() {
  handOver(ownAccount || newAccount(exec.scenario.startTime - GRACE_MS - LOAD.windowMs), ownLatencies);
}

/**
 * The first request of all says when the load began.
 * @param {number} agoMs before its scenario did
 */
function tellStart(agoMs) {
  if (exec.scenario.iterationInTest === 0) log({ startedAtMs: exec.scenario.startTime - agoMs });
}

function windowStartMs() {
  return START_MS === null ? exec.scenario.startTime : START_MS + LOAD.warmupMs;
}

/**
 * @param {number} startMs
 * @returns {Account}
 */
function newAccount(startMs) {
  return {
    endMs: startMs + LOAD.windowMs,
    windowMs: LOAD.windowMs,
    firstMs: null,
    sent: 0,
    ok: 0,
    warmUp: warmedUp,
    inFlightAtEnd: 0,
    inFlightMs: 0,
    failed: {},
    codes: {},
    examples: {},
  };
}

/** @returns {Latencies} */
function noLatencies() {
  return { ok: [], firstByte: [], failed: [], raw: [], okEnd: [], failedEnd: [] };
}

export function measure() {
  const startMs = windowStartMs();
  const account = newAccount(startMs);
  const latencies = noLatencies();
  // Among the VUs of all k6: there is one iteration for each.
  const nth = exec.scenario.iterationInTest;
  for (;;) {
    // Before the clock is read: VUs that ended at the window's end are complete, and stop nobody.
    const stopped = isStopped();
    const startedMs = Date.now();
    if (startedMs >= account.endMs) break;
    if (stopped) {
      account.endMs = startedMs;
      account.windowMs = startedMs - startMs;
      break;
    }
    if (account.firstMs === null) account.firstMs = startedMs - startMs;
    const leftMs = restMs(nth, startedMs - startMs);
    if (leftMs > 0) {
      sleep(Math.min(leftMs, account.endMs - startedMs, REST_MS) / 1000);
      continue;
    }
    account.sent += 1;
    const response = post(Math.min(LOAD.timeoutMs, account.endMs + LAST_RESPONSE_MS - startedMs));
    const endedMs = Date.now();
    account.inFlightMs += Math.min(endedMs, account.endMs) - startedMs;
    if (endedMs >= account.endMs) {
      account.inFlightAtEnd += 1;
      break;
    }
    backOff(record(account, latencies, response, endedMs - startMs));
  }
  handOver(account, latencies);
}

/**
 * How long this VU rests, from this moment of the window on: until the level is above its number. As with the engine `native`,
 * one that is one too many rests after its response and keeps its connection.
 * @param {number} nth from 0
 * @param {number} atMs
 */
function restMs(nth, atMs) {
  if (LOAD.stages === null) return 0;
  const wanted = nth + 0.5;
  let endMs = 0;
  for (const { durationMs, from, to } of LOAD.stages) {
    const beganMs = endMs;
    endMs += durationMs;
    if (atMs >= endMs) continue;
    const earliestMs = Math.max(atMs, beganMs);
    const slope = (to - from) / durationMs;
    if (from + slope * (earliestMs - beganMs) >= wanted) return earliestMs - atMs;
    if (to >= wanted) return beganMs + (wanted - from) / slope - atMs;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * One VU waits for the harness to end the load. Only where it does is this iteration complete before all others: a load
 * that runs to its end has one of the others complete first.
 */
export function awaitStop() {
  log({ startedAtMs: exec.scenario.startTime });
  const { status } = http.get(String(LOAD.stopUrl), { timeout: TOTAL_MS });
  while (status === 0 && !isStopped()) sleep(0.05);
}

/** Whether {@link awaitStop} has ended, or the window. VUs share nothing but k6's own counts. */
function isStopped() {
  return LOAD.stopUrl !== null && exec.instance.iterationsCompleted > 0;
}

/**
 * @param {number} timeoutMs
 * @returns {Response}
 */
function post(timeoutMs) {
  return http.post(LOAD.url, LOAD.body, {
    headers: LOAD.headers,
    timeout: timeoutMs,
    responseType: 'text',
    // No cookie of an earlier response, as in an iteration of its own.
    jar: new http.CookieJar(),
  });
}

/**
 * @param {Account} account
 * @param {Latencies} latencies
 * @param {Response} response
 * @param {number} endMs since the window's start
 * @returns {FailureClass | null}
 */
function record(account, latencies, response, endMs) {
  const { status, body, error, timings } = response;
  const failure = failureOf(response);
  // Of an open loop a request is due when it begins, and has to wait for a connection then.
  const waitedMs = LOAD.ratePerSec === null ? 0 : timings.blocked;
  const us = Math.round((waitedMs + timings.duration) * 1000);
  if (failure === null) {
    account.ok += 1;
    latencies.ok.push(us);
    if (LOAD.stages !== null) latencies.okEnd.push(endMs * 1000);
    if (LOAD.ratePerSec !== null) latencies.raw.push(Math.round(timings.duration * 1000));
    // k6 hands a stream over when it is complete, and tells no frame from another.
    if (!LOAD.stream) latencies.firstByte.push(Math.round((waitedMs + timings.sending + timings.waiting) * 1000));
    return null;
  }
  account.failed[failure] = (account.failed[failure] || 0) + 1;
  latencies.failed.push(us);
  if (LOAD.stages !== null) latencies.failedEnd.push(endMs * 1000);
  if (status > 0 && status !== 200) account.codes[status] = (account.codes[status] || 0) + 1;
  if (account.examples[failure] === undefined) {
    const detail = status === 0 ? error : String(body);
    account.examples[failure] = { status, detail: detail.slice(0, MAX_EXAMPLE_CHARACTERS) };
  }
  return failure;
}

/**
 * @param {Account} account
 * @param {Latencies} latencies
 */
function handOver(account, latencies) {
  const vu = exec.vu.idInTest;
  for (const [kind, us] of Object.entries(latencies)) {
    for (let from = 0; from < us.length; from += LATENCIES_PER_LINE) {
      log({ vu, kind, us: us.slice(from, from + LATENCIES_PER_LINE) });
    }
  }
  log({ vu, account });
}

/**
 * A dead or overloaded gateway is one fact, not ten million failures. Who gave a request up has waited long enough.
 * @param {FailureClass | null} failure
 */
function backOff(failure) {
  if (failure === null) failuresInARow = 0;
  else if (failure !== 'timeout') sleep(Math.min(1, 0.1 * 2 ** failuresInARow++));
}

/**
 * @param {Response} response
 * @returns {FailureClass | null}
 */
function failureOf({ status, body, error, error_code }) {
  if (status === 200) return isRightBody(body) ? null : 'bad_body';
  if (status >= 500) return 'http_5xx';
  if (status >= 400) return 'http_4xx';
  if (status >= 300) return 'http_3xx';
  if (status > 0) return 'bad_body';
  if (/too many open files|cannot assign requested address|no buffer space|cannot allocate/.test(error)) return 'local';
  if (error_code === 1050 || error_code === 1211) return 'timeout';
  if (error_code >= 1210 && error_code <= 1213) return 'refused';
  if (error_code >= 1300 && error_code < 1400) return 'tls';
  return /EOF/.test(error) ? 'closed' : 'reset';
}

/**
 * Whether the body is the expected answer. All are parsed: for k6 that costs little beside the request. The harness
 * says what is wrong with one, see src/lib/chat-response.ts, and judges by the same rules.
 * @param {unknown} body
 */
function isRightBody(body) {
  if (typeof body !== 'string') return false;
  try {
    return LOAD.stream ? isChatStream(body) : isChatCompletion(JSON.parse(body));
  } catch {
    return false;
  }
}

/** @param {{ object?: unknown, choices: { message: { content: unknown, tool_calls: unknown } }[] }} completion */
function isChatCompletion({ object, choices: [first] }) {
  const message = first?.message;
  if (object === undefined ? !LOAD.objectOptional : object !== 'chat.completion') return false;
  if (message === undefined) return false;
  if (LOAD.texts !== null) return message.content === LOAD.texts.join('');
  return typeof message.content === 'string' || Array.isArray(message.tool_calls);
}

/** @param {string} body */
function isChatStream(body) {
  const events = eventData(body);
  if (events.pop()?.trim() !== '[DONE]') return false;
  const texts = [];
  let callsTools = false;
  let finished = 0;
  for (const data of events) {
    const { choices } = JSON.parse(data);
    if (!Array.isArray(choices)) return false;
    const { delta, finish_reason: reason } = choices[0] ?? {};
    if (Array.isArray(delta?.tool_calls)) callsTools = true;
    if (typeof delta?.content === 'string' && delta.content !== '') {
      if (finished > 0) return false;
      texts.push(delta.content);
    }
    if (typeof reason === 'string') finished += 1;
  }
  if (LOAD.texts === null) return texts.length > 0 || callsTools;
  return finished === 1 && JSON.stringify(texts) === JSON.stringify(LOAD.texts);
}

/**
 * The data of each event of an SSE stream: see src/lib/server-sent-events.ts.
 * @param {string} stream
 */
function eventData(stream) {
  /** @type {string[]} */
  const events = [];
  /** @type {string[]} */
  let lines = [];
  for (const line of `${stream}\n\n`.split(/\r\n|\n|\r/)) {
    if (line === '' && lines.length > 0) {
      events.push(lines.join('\n'));
      lines = [];
    } else if (line.startsWith('data:')) {
      lines.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
  }
  return events;
}

/**
 * Not called where K6_SUMMARY_MODE is "disabled": k6 then doesn't keep its metrics.
 * @param {{ metrics: Record<string, { values: Record<string, number> }> }} data
 */
export function handleSummary({ metrics }) {
  log({ bytesReceived: metrics['data_received{scenario:window}']?.values.count ?? 0 });
  return {};
}
