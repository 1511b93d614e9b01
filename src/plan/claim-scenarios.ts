import { closedLoadOf, isRecorded } from '../analysis/claims.js';
import type { Claim, Claims } from '../model/claims.js';
import type { Scenario } from '../model/scenario.js';

/** A scenario that measures claims, and the gateways that they are about. */
export interface ClaimScenario {
  scenario: Scenario;
  /** Names of manifests, direct first: overhead and the harness's own limit need it. */
  gateways: string[];
  claims: number;
}

/** How long and how often: as in the published scenario, with repeats for intervals. */
const LOAD = { warmupS: 15, durationS: 60, idleS: 2, recoveryS: 5, cooldownS: 5, timeoutS: 30, repeats: 3 };

/**
 * Scenarios that measure every claim that can be measured with these gateways: one for each upstream latency and form of
 * response, with all VUs that were published for it. Shortest latency first.
 */
export function claimScenarios(claims: Claims, manifests: readonly string[]): ClaimScenario[] {
  const groups = new Map<string, { latencyMs: number; stream: boolean; members: { claim: Claim; vus: number }[] }>();
  for (const claim of claims.claims) {
    const load = claim.needs === undefined && isRecorded(claim.metric) ? closedLoadOf(claims, claim) : null;
    if (load === null || !manifests.includes(claim.gateway)) continue;
    const key = `${load.upstreamLatencyMs} ${load.stream}`;
    const group = groups.get(key) ?? { latencyMs: load.upstreamLatencyMs, stream: load.stream, members: [] };
    group.members.push({ claim, vus: load.vus });
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => a.latencyMs - b.latencyMs || Number(a.stream) - Number(b.stream))
    .map(({ latencyMs, stream, members }) => ({
      scenario: scenarioOf(
        latencyMs,
        stream,
        [...new Set(members.map(({ vus }) => vus))].sort((a, b) => a - b),
      ),
      gateways: ['direct', ...new Set(members.map(({ claim }) => claim.gateway))],
      claims: members.length,
    }));
}

function scenarioOf(latencyMs: number, stream: boolean, vus: number[]): Scenario {
  const form = stream ? ', streaming' : '';
  return {
    schemaVersion: 1,
    name: `claims-${latencyMs}ms${stream ? '-stream' : ''}`,
    title: `Published claims with an upstream of ${latencyMs} ms${form}`,
    description: 'Written by gatebench verify --plan from results/published.',
    load: { model: 'closed', vus, ...LOAD },
    upstream: { latency: `${latencyMs}ms`, streamChunkDelayMs: 0 },
    request: { stream, messages: [{ role: 'user', content: 'Say hello in five words.' }], maxTokens: 50 },
  };
}
