import type { LiveQuestion } from '../../model/live.js';
import type { ProcessGateway } from '../../model/resolved-gateway.js';
import { MOCK_ACCESS, type UpstreamAccess } from '../../model/upstream-access.js';
import type { LiveTarget } from '../../run/live/live-client.js';
import type { UpstreamAddress } from './upstream-address.js';

/** The same question for both sides: to the endpoint itself, and to a gateway in its own words. */
export function sidesOf(
  question: LiveQuestion,
  {
    address,
    access,
    gateway,
    running,
  }: {
    address: UpstreamAddress;
    access: UpstreamAccess;
    gateway: Pick<ProcessGateway, 'request' | 'baseline'>;
    running: { origin: string; headers: Record<string, string> };
  },
): { direct: LiveTarget; through: LiveTarget } {
  const { request, baseline } = gateway;
  const bearer = { authorization: `Bearer ${access.key}` };
  const hasKey = Object.keys(running.headers).some((name) => name.toLowerCase() === 'authorization');
  return {
    direct: { origin: address.origin, path: address.path, headers: bearer, body: bodyOf(question, access.model) },
    through: {
      origin: running.origin,
      path: request.path,
      // A plain proxy passes the client's on; a gateway whose manifest names no key asks for none.
      headers: { ...running.headers, ...(baseline && !hasKey ? bearer : {}) },
      body: bodyOf(question, modelFor(request.model, access.model), request.body),
    },
  };
}

/** Manifests name the mock's model, in the gateway's own way: `openai/gpt-4o`. */
function modelFor(named: string, model: string): string {
  return named.replace(MOCK_ACCESS.model, () => model);
}

function bodyOf({ prompt, maxTokens, stream }: LiveQuestion, model: string, more: object = {}): string {
  return JSON.stringify({
    model,
    messages: [{ role: 'user', content: prompt }],
    max_tokens: maxTokens,
    // Without it a stream doesn't say what it cost.
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    ...more,
  });
}
