import { constantLatencyS } from '../../common/latency.js';
import { MOCK_STREAM_TEXTS } from '../../common/mock-text.js';
import { countModel } from '../model/request.js';
import type { Scenario } from '../model/scenario.js';

/** How the upstream writes a stream. */
export interface Pacing {
  /** Of one answer; null where answers differ in their length. */
  frames: number | null;
  /** From one frame to the next; 0 where it doesn't wait. */
  paceUs: number;
}

export function pacingOf({ upstream, request }: Pick<Scenario, 'upstream' | 'request'>): Pacing {
  return { frames: framesOf(upstream, request), paceUs: upstream.streamChunkDelayMs * 1000 };
}

function framesOf({ outputTokens }: Scenario['upstream'], request: Scenario['request']): number | null {
  if (request.classes !== undefined || request.replay !== undefined) return null;
  if (outputTokens === undefined) return MOCK_STREAM_TEXTS.length;
  const model = countModel(outputTokens);
  return model.kind === 'constant' ? Math.min(model.count, request.maxTokens ?? model.count) : null;
}

/** How long the upstream takes for an answer, the pauses of a stream included, in seconds; null where that varies. */
export function upstreamAnswerS(scenario: Pick<Scenario, 'upstream' | 'request'>): number | null {
  const latencyS = constantLatencyS(scenario.upstream.latency);
  if (latencyS === null || !scenario.request.stream) return latencyS;
  const { frames, paceUs } = pacingOf(scenario);
  if (paceUs === 0) return latencyS;
  return frames === null ? null : latencyS + ((frames - 1) * paceUs) / 1e6;
}
