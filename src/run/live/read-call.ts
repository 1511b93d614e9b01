import { answerProblem } from '../../lib/chat-response.js';
import { isObject, type JsonObject, objectOf, parseJson } from '../../lib/json-value.js';
import { parseRetryAfter } from '../../lib/retry-after.js';
import { eventData } from '../../lib/server-sent-events.js';
import type { LiveCall } from '../../model/live.js';

/** As HTTP libraries give them: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** OpenAI's own; gateways may put a word of theirs before it. */
const PROVIDER_TIME = /(^|[-_])openai-processing-ms$/;
/** `x-litellm-attempted-retries`, `x-portkey-retry-attempt-count`. */
const RETRIES = /-(attempted-retries|retries|retry-(attempt-)?count)$/;
const EXCERPT = 200;

/** What a response's headers tell of how it came about. */
export function toldByHeaders(headers: Headers): Pick<LiveCall, 'providerUs' | 'retries' | 'retryAfterS'> {
  const providerMs = numberOf(headers, PROVIDER_TIME);
  const retryAfter = headers['retry-after'];
  return {
    providerUs: providerMs === null ? null : providerMs * 1000,
    retries: Math.trunc(numberOf(headers, RETRIES) ?? 0),
    retryAfterS: typeof retryAfter === 'string' ? parseRetryAfter(retryAfter, Date.now()) : null,
  };
}

function numberOf(headers: Headers, name: RegExp): number | null {
  for (const [key, value] of Object.entries(headers)) {
    if (name.test(key) && typeof value === 'string' && /^\d{1,9}(\.\d+)?$/.test(value)) return Number(value);
  }
  return null;
}

/** Tokens by a response's `usage`; null without one. */
export function tokensOf(body: string, stream: boolean): LiveCall['tokens'] {
  const parts = stream ? eventData(body).map(parseJson) : [parseJson(body)];
  for (const part of parts.reverse()) {
    const tokens = usageOf(objectOf(part));
    if (tokens !== null) return tokens;
  }
  return null;
}

function usageOf({ usage }: JsonObject): LiveCall['tokens'] {
  if (!isObject(usage)) return null;
  const [input, output] = [usage.prompt_tokens, usage.completion_tokens];
  return isTokenCount(input) && isTokenCount(output) ? { input, output } : null;
}

function isTokenCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** What is wrong with a response; null for a whole completion. */
export function problemOf(status: number, body: string, stream: boolean): string | null {
  if (status !== 200) return `status ${status}: ${excerpt(messageIn(body) ?? body)}`;
  const problem = answerProblem(body, { stream, texts: null, objectOptional: true });
  return problem === null ? null : `no whole completion: ${problem}`;
}

/** Of an error in the API's own form. */
function messageIn(body: string): string | null {
  const { error, message } = objectOf(parseJson(body));
  const text = isObject(error) ? error.message : (error ?? message);
  return typeof text === 'string' ? text : null;
}

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line === '') return 'empty body';
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}
