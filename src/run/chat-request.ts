import { MOCK_STREAM_TEXTS, MOCK_TEXT } from '../../common/mock-text.js';
import { answerProblem, type ExpectedAnswer } from '../lib/chat-response.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { type HttpResponse, httpRequest } from '../lib/http.js';
import type { RequestSpec } from '../model/gateway.js';
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

/** What a gateway must hand on: the mock's own text. */
export function answerOfMock(stream: boolean): ExpectedAnswer {
  return { stream, texts: stream ? MOCK_STREAM_TEXTS : [MOCK_TEXT] };
}

/**
 * Send one request before the load and check the whole response: a gateway that returns garbage fast must not win.
 * @throws ExpectedError with the start of the response
 */
export async function verifyResponse(
  origin: string,
  request: ChatRequest,
  { expected, timeoutS, signal }: { expected: ExpectedAnswer; timeoutS: number; signal: AbortSignal },
): Promise<void> {
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
    throw new ExpectedError(
      `no response to the first request to ${url}: ${messageOf(error)}`,
      'see the log lines below',
      undefined,
      { cause: error },
    );
  }
  const problem = response.status === 200 ? answerProblem(response.body, expected) : null;
  if (response.status === 200 && problem === null) return;
  const what = expected.stream ? 'whole chat completion stream' : 'chat completion';
  const why = problem === null ? '' : `${problem}: `;
  throw new ExpectedError(
    `the first response from ${url} is not the ${what} that the upstream sent: status ${response.status}, ${why}${excerpt(response.body)}`,
    'see the log lines below, and the request section of its gateway.yaml',
  );
}

function excerpt(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim();
  if (text === '') return 'empty body';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
