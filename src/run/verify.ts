import { isChatCompletion, isChatStream } from '../lib/chat-response.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { type HttpResponse, httpRequest } from '../lib/http.js';
import type { ChatRequest } from './chat-request.js';

/**
 * Send one request before the load and look at the whole answer: a gateway that answers rubbish fast must not become
 * the fastest of all.
 * @throws ExpectedError with the start of what came instead
 */
export async function verifyAnswer(
  origin: string,
  request: ChatRequest,
  stream: boolean,
  timeoutS: number,
  signal: AbortSignal,
): Promise<void> {
  const url = origin + request.path;
  let answer: HttpResponse;
  try {
    answer = await httpRequest(url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      timeoutMs: timeoutS * 1000,
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ExpectedError(
      `no answer to the first request at ${url}: ${messageOf(error)}`,
      'see the log lines under it',
      undefined,
      { cause: error },
    );
  }
  const wanted = stream ? 'a chat completion stream that ends with [DONE]' : 'a chat completion';
  if (answer.status === 200 && (stream ? isChatStream(answer.body) : isChatCompletion(answer.body))) return;
  throw new ExpectedError(
    `the first answer at ${url} is not ${wanted}: status ${answer.status}, ${excerpt(answer.body)}`,
    'see the log lines under it, and the request section of its gateway.yaml',
  );
}

function excerpt(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim();
  if (text === '') return 'empty body';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
