import { answerFindings, answerProblem, type ExpectedAnswer } from '../lib/chat-response.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { type HttpResponse, httpRequest } from '../lib/http.js';
import { sleep } from '../lib/sleep.js';
import { type RequestSpec, STRICT_RESPONSE } from '../model/gateway.js';
import type { AnswerDifferences } from '../model/record.js';
import type { Dialect } from '../model/request.js';
import type { Scenario } from '../model/scenario.js';
import type { RunningMock } from '../upstream/upstream-driver.js';
import { type CellRequests, cellRequests } from './request/cell-requests.js';

export interface ChatRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The first request of a scenario that replays no file: the only one, where it has no classes and draws nothing. */
export function chatRequest(scenario: Scenario, spec: RequestSpec, headers: Record<string, string>): ChatRequest {
  const requests = cellRequests(scenario, spec, STRICT_RESPONSE, headers, { seed: 1, replayed: [] });
  return { path: requests.path, headers: requests.headers, body: requests.classes[0].requests[0].body };
}

export interface Verification {
  expected: ExpectedAnswer;
  /** Of one request. */
  timeoutS: number;
  /** Of a gateway that is asked over TLS. */
  ca?: string | undefined;
  /** Seconds in which wrong answers are asked for again. */
  retryForS: number;
  /** What to do about a wrong answer; where its log and manifest are looked at in absence. */
  hint?: string;
  /** Whether the gateway has ended: it won't get any better then. */
  gone: () => boolean;
  signal: AbortSignal;
}

/** A gateway that runs already is the user's to change. */
export function attachedHint({ external, origin }: { external?: true | undefined; origin: string }): string {
  const request = 'check --url, --model and --header';
  return external
    ? request
    : `${request}; its upstream has to be the mock, at ${origin} while it is measured (elsewhere: --upstream external)`;
}

const RETRY_INTERVAL_MS = 250;

/**
 * Send one request of each class before the load and check the whole responses: a gateway that returns garbage fast must
 * not win. One that may still be finding its models is asked again.
 * @returns what is otherwise wrong with them; empty where the published answers are expected, which have not all fields
 * @throws ExpectedError with the start of the last response
 */
export async function verifyResponses(
  origin: string,
  { path, headers, classes }: CellRequests,
  how: Omit<Verification, 'expected'>,
): Promise<AnswerDifferences[]> {
  const found: AnswerDifferences[] = [];
  for (const { name, requests } of classes) {
    const [{ body, expected }] = requests;
    const answer = await verifyResponse(origin, { path, headers, body }, { ...how, expected });
    if (expected.told === undefined || expected.dialect === undefined) continue;
    const { differences } = answerFindings(answer, expected);
    found.push({ requests: name, dialect: expected.dialect, stream: expected.stream, differences });
  }
  return found;
}

/** Make sure that the gateway asks the upstream in this dialect alone, as its manifest says. @throws ExpectedError */
export async function requireAskedIn(mock: Pick<RunningMock, 'asked'>, dialect: Dialect): Promise<void> {
  const others = [...((await mock.asked()) ?? [])].filter(([each, count]) => each !== dialect && count > 0);
  if (others.length === 0) return;
  throw new ExpectedError(
    `the gateway asked the upstream in ${others.map(([each]) => each).join(' and ')}, not in ${dialect}`,
    'correct the dialects in its gateway.yaml',
  );
}

/** @returns the body of the right response */
async function verifyResponse(origin: string, request: ChatRequest, how: Verification): Promise<string> {
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts += 1) {
    const { error, body } = await askOnce(origin, request, how);
    if (error === null) return body;
    const triedS = (performance.now() - startedMs) / 1000;
    if (triedS >= how.retryForS || how.gone()) throw attempts === 1 ? error : afterAttempts(error, attempts, triedS);
    await sleep(RETRY_INTERVAL_MS, how.signal);
  }
}

function afterAttempts(error: ExpectedError, attempts: number, triedS: number): ExpectedError {
  const message = `${error.message}; asked ${attempts} times in ${triedS.toFixed(1)} s (response.retryForS)`;
  return new ExpectedError(message, error.hint, undefined, { cause: error });
}

const NAMES: Record<Dialect, string> = {
  'openai-chat': 'chat completion',
  'anthropic-messages': 'message of Anthropic’s API',
  'openai-responses': 'response of OpenAI’s Responses API',
};

type OneRequest = Pick<Verification, 'expected' | 'timeoutS' | 'ca' | 'signal' | 'hint'>;

/** Send one request. @returns what is wrong with the response; null where nothing is. @throws the signal's reason */
export async function wrongResponse(
  origin: string,
  request: ChatRequest,
  how: OneRequest,
): Promise<ExpectedError | null> {
  return (await askOnce(origin, request, how)).error;
}

/** @returns what is wrong with the response, or null and its body */
async function askOnce(
  origin: string,
  request: ChatRequest,
  { expected, timeoutS, ca, signal, hint }: OneRequest,
): Promise<{ error: ExpectedError | null; body: string }> {
  const url = origin + request.path;
  let response: HttpResponse;
  try {
    response = await httpRequest(url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      timeoutMs: timeoutS * 1000,
      ca,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const message = `no response to the first request to ${url}: ${messageOf(error)}`;
    return {
      error: new ExpectedError(message, hint ?? 'see the log lines below', undefined, { cause: error }),
      body: '',
    };
  }
  const problem = response.status === 200 ? answerProblem(response.body, expected) : null;
  if (response.status === 200 && problem === null) return { error: null, body: response.body };
  const what = `${expected.stream ? 'whole ' : ''}${NAMES[expected.dialect ?? 'openai-chat']}${expected.stream ? ' stream' : ''}`;
  const why = problem === null ? '' : `${problem}: `;
  const error = new ExpectedError(
    `the first response from ${url} is not the ${what} that the upstream sent: status ${response.status}, ${why}${excerpt(response.body)}`,
    hint !== undefined
      ? hint
      : isOnlyWithoutObject(response, expected)
        ? 'if it leaves "object" out by design, say `response: { object: optional }` in its gateway.yaml'
        : 'see the log lines below, and the request section of its gateway.yaml',
  );
  return { error, body: response.body };
}

/** Whether nothing but a missing `object` is wrong. */
function isOnlyWithoutObject({ status, body }: HttpResponse, expected: ExpectedAnswer): boolean {
  return status === 200 && answerProblem(body, { ...expected, objectOptional: true }) === null;
}

function excerpt(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim();
  if (text === '') return 'empty body';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
