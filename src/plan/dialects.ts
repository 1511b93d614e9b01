import { DEFAULT_DIALECT, type Dialect } from '../model/request.js';
import { gatewayLabel, mergeProcess, mergeRequest, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { Scenario } from '../model/scenario.js';

/** Where each dialect is asked at its maker's. */
const PATHS: Record<Dialect, string> = {
  'openai-chat': '/v1/chat/completions',
  'anthropic-messages': '/v1/messages',
  'openai-responses': '/v1/responses',
};

/** Headers without which Anthropic refuses a request; OpenAI's dialects need none. */
const HEADERS: Record<Dialect, Record<string, string>> = {
  'openai-chat': {},
  'anthropic-messages': { 'anthropic-version': '2023-06-01' },
  'openai-responses': {},
};

/** What client and upstream of a scenario speak. */
export function dialectsOf({ request, upstream }: Pick<Scenario, 'request' | 'upstream'>): {
  client: Dialect;
  upstream: Dialect;
} {
  const client = request.dialect ?? DEFAULT_DIALECT;
  return { client, upstream: upstream.dialect ?? DEFAULT_DIALECT };
}

/**
 * A gateway as a scenario's dialects need it.
 * @returns the gateway, or why it can't be asked so. Direct takes any: the upstream then answers in the client's own.
 */
export function inDialects(
  gateway: ResolvedGateway,
  scenario: Pick<Scenario, 'request' | 'upstream'>,
): { gateway: ResolvedGateway } | { reason: string; hint: string } {
  const { client, upstream } = dialectsOf(scenario);
  if (client === DEFAULT_DIALECT && upstream === DEFAULT_DIALECT) return { gateway };
  const pair = gateway.dialects.find((each) => each.client === client && each.upstream === upstream);
  // What a gateway takes that we don't start, its user knows.
  if (gateway.kind === 'process' && pair === undefined) {
    return {
      reason: `it doesn't take ${client} for an upstream of ${upstream}`,
      hint: `if it does, say so in the dialects of gateway.yaml of ${gatewayLabel(gateway)}`,
    };
  }
  const { headers } = gateway.request;
  const isOwnPath = gateway.kind === 'attached' && gateway.request.path !== PATHS[DEFAULT_DIALECT];
  const path = isOwnPath ? gateway.request.path : PATHS[client];
  const asked = { ...gateway.request, path, headers: { ...HEADERS[client], ...headers } };
  const request = mergeRequest(asked, pair?.request);
  if (gateway.kind !== 'process') return { gateway: { ...gateway, request } };
  return { gateway: { ...gateway, request, process: mergeProcess(gateway.process, pair?.process) } };
}
