import type { RequestSpec } from '../model/gateway.js';
import type { Scenario } from '../model/scenario.js';

export interface ChatRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The one request that a cell sends again and again. */
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
