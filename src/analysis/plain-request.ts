import type { Scenario } from '../model/scenario.js';

type Asked = Pick<Scenario, 'request' | 'upstream'>;

/** What is asked besides messages and their limit, as text; the same text is the same load. */
export function payloadOf({ request, upstream }: Asked): string {
  const { messages: _, maxTokens: __, stream: ___, ...payload } = request;
  return JSON.stringify({ ...payload, outputTokens: upstream.outputTokens, upstreamDialect: upstream.dialect });
}

/** One short chat completion over and over, as published figures are of: no generated prompts, classes or other dialects. */
export function isPlainRequest(asked: Asked): boolean {
  return payloadOf(asked) === '{}';
}
