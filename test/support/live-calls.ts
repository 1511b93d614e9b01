import type { LiveCall, LivePair } from '../../src/model/live.js';

/** A whole response after so many milliseconds. */
export function aCall(totalMs: number, over: Partial<LiveCall> = {}): LiveCall {
  return {
    status: 200,
    error: null,
    totalUs: totalMs * 1000,
    firstContentUs: null,
    providerUs: null,
    retries: 0,
    tokens: { input: 10, output: 4 },
    newConnection: false,
    retryAfterS: null,
    ...over,
  };
}

/** Of the gateway `mine`. */
export function aPair(direct: LiveCall, through: LiveCall, over: Partial<LivePair> = {}): LivePair {
  const at = '2026-05-04T10:00:00.000Z';
  return { gateway: 'mine', index: 0, warmup: false, first: 'direct', at, direct, through, ...over };
}

export const aFailure = (status: number | null, error = `status ${status}`): LiveCall =>
  aCall(0, { status, error, totalUs: null, tokens: null });
