import type { Scenario } from '../model/scenario.js';

type Asked = Pick<Scenario, 'request' | 'upstream'>;

/** What is asked besides messages and their limit, as text; the same text is the same load. */
export function payloadOf({ request, upstream }: Asked): string {
  const { messages: _, maxTokens: __, stream: ___, ...payload } = request;
  return JSON.stringify({ ...payload, outputTokens: upstream.outputTokens, upstreamDialect: upstream.dialect });
}

/** One short chat completion over and over, as published figures are of: no generated prompts, classes, other dialects or TLS. */
export function isPlainRequest(asked: Asked & Pick<Scenario, 'tls'>): boolean {
  return asked.tls === undefined && payloadOf(asked) === '{}';
}
