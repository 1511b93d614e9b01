import { MOCK_STREAM_TEXTS, MOCK_TEXT } from '../../common/mock-text.js';
import { answerProblem, type ExpectedAnswer } from '../lib/chat-response.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { type HttpResponse, httpRequest } from '../lib/http.js';
import { sleep } from '../lib/sleep.js';
import type { RequestSpec, ResponseSpec } from '../model/gateway.js';
import type { Scenario } from '../model/scenario.js';

export interface ChatRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The one request that a cell sends over and over. */
export function chatRequest(scenario: Scenario, spec: RequestSpec, headers: Record<string, string>): ChatRequest {
  const { messages, stream, maxTokens } = scenario.request;
  return {
    path: spec.path,
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      ...headers,
    },
    body: JSON.stringify({
      model: spec.model,
      messages,
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(stream ? { stream: true } : {}),
    }),
  };
}

/** What a gateway must hand on: the mock's own text, in an answer as its manifest describes it. */
export function answerOfMock(stream: boolean, { object }: ResponseSpec): ExpectedAnswer {
  return { stream, texts: stream ? MOCK_STREAM_TEXTS : [MOCK_TEXT], objectOptional: object === 'optional' };
}

export interface Verification {
  expected: ExpectedAnswer;
  /** Of one request. */
  timeoutS: number;
  /** Seconds in which wrong answers are asked for again. */
  retryForS: number;
  /** What to do about a wrong answer; where its log and manifest are looked at in absence. */
  hint?: string;
  /** Whether the gateway has ended: it won't get any better then. */
  gone: () => boolean;
  signal: AbortSignal;
}

/** A gateway that runs already is the user's to change. */
export function attachedHint({ external, origin }: { external?: true; origin: string }): string {
  const request = 'check --url, --model and --header';
  return external
    ? request
    : `${request}; its upstream has to be the mock, at ${origin} while it is measured (elsewhere: --upstream external)`;
}

const RETRY_INTERVAL_MS = 250;

/**
 * Send one request before the load and check the whole response: a gateway that returns garbage fast must not win. One
 * that may still be finding its models is asked again.
 * @throws ExpectedError with the start of the last response
 */
export async function verifyResponse(origin: string, request: ChatRequest, how: Verification): Promise<void> {
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts += 1) {
    const error = await wrongResponse(origin, request, how);
    if (error === null) return;
    const triedS = (performance.now() - startedMs) / 1000;
    if (triedS >= how.retryForS || how.gone()) throw attempts === 1 ? error : afterAttempts(error, attempts, triedS);
    await sleep(RETRY_INTERVAL_MS, how.signal);
  }
}

function afterAttempts(error: ExpectedError, attempts: number, triedS: number): ExpectedError {
  const message = `${error.message}; asked ${attempts} times in ${triedS.toFixed(1)} s (response.retryForS)`;
  return new ExpectedError(message, error.hint, undefined, { cause: error });
}

/** Send one request. @returns what is wrong with the response; null where nothing is. @throws the signal's reason */
export async function wrongResponse(
  origin: string,
  request: ChatRequest,
  { expected, timeoutS, signal, hint }: Pick<Verification, 'expected' | 'timeoutS' | 'signal' | 'hint'>,
): Promise<ExpectedError | null> {
  const url = origin + request.path;
  let response: HttpResponse;
  try {
    response = await httpRequest(url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      timeoutMs: timeoutS * 1000,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    const message = `no response to the first request to ${url}: ${messageOf(error)}`;
    return new ExpectedError(message, hint ?? 'see the log lines below', undefined, { cause: error });
  }
  const problem = response.status === 200 ? answerProblem(response.body, expected) : null;
  if (response.status === 200 && problem === null) return null;
  const what = expected.stream ? 'whole chat completion stream' : 'chat completion';
  const why = problem === null ? '' : `${problem}: `;
  return new ExpectedError(
    `the first response from ${url} is not the ${what} that the upstream sent: status ${response.status}, ${why}${excerpt(response.body)}`,
    hint !== undefined
      ? hint
      : isOnlyWithoutObject(response, expected)
        ? 'if it leaves "object" out by design, say `response: { object: optional }` in its gateway.yaml'
        : 'see the log lines below, and the request section of its gateway.yaml',
  );
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
