import { describe, expect, it } from 'vitest';
import { Scenario } from '../../src/model/scenario.js';
import { claimScenarios } from '../../src/plan/claim-scenarios.js';
import { claimOf, claimsOf } from '../support/claims.js';
import { allClaims } from '../support/published-claims.js';

describe('claimScenarios', () => {
  it('has a scenario for each upstream latency and form of response, with all VUs and gateways of its claims', () => {
    const claims = claimsOf(
      [
        claimOf(),
        claimOf({ load: { model: 'closed', vus: 10 }, gateway: 'kong' }),
        claimOf({ load: { model: 'closed', vus: 100, stream: true } }),
        claimOf({ source: 'fast', metric: 'overhead_p99', load: { model: 'closed', vus: 1 } }),
        claimOf({ load: { model: 'unknown' }, readAs: { vus: 2, upstreamLatencyMs: 0 } }),
      ],
      { fast: { upstreamLatencyMs: 0 } },
    );
    const planned = claimScenarios(claims, ['direct', 'ferro', 'kong']);
    expect(
      planned.map(({ scenario, gateways, claims: count }) => [scenario.name, scenario.load.vus, gateways, count]),
    ).toEqual([
      ['claims-0ms', [1, 2], ['direct', 'ferro'], 2],
      ['claims-60ms', [10, 50], ['direct', 'ferro', 'kong'], 2],
      ['claims-60ms-stream', [100], ['direct', 'ferro'], 1],
    ]);
    expect(planned[2]?.scenario.request.stream).toBe(true);
  });

  it('leaves out what can’t be measured here', () => {
    const claims = claimsOf([
      claimOf({ load: { model: 'open', ratePerSec: 100 } }),
      claimOf({ needs: 'a cluster' }),
      claimOf({ metric: 'streams' }),
      claimOf({ gateway: 'tensorzero' }),
    ]);
    expect(claimScenarios(claims, ['direct', 'ferro'])).toEqual([]);
  });

  it('writes scenarios that are valid, of the claims that come with the package', async () => {
    const planned = claimScenarios(await allClaims(), ['direct', 'bifrost', 'ferro', 'kong', 'litellm', 'portkey']);
    expect(planned.map(({ scenario }) => scenario.name)).toEqual([
      'claims-0ms',
      'claims-20ms',
      'claims-60ms',
      'claims-60ms-stream',
    ]);
    for (const { scenario } of planned) expect(Scenario.parse(scenario)).toEqual(scenario);
  });
});
