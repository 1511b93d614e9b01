import { describe, expect, it } from 'vitest';
import { faultEffects } from '../../src/analysis/fault-effects.js';
import { failedCount } from '../../src/model/load.js';
import type { CellRecord } from '../../src/model/record.js';
import type { ResolvedGateway } from '../../src/model/resolved-gateway.js';
import { directGateway, fakeGateway, runOneCell } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

/** Every fifth request of the window fails upstream. */
const FIFTH = aScenario({}, false, { upstream: { faults: ['503(1s):every=5'] } });

/** Gates that void a cell for its own sake: a busy machine fails others. */
function voided({ gates }: CellRecord): string[] {
  const own = ["Little's law", 'upstream requests', 'local failures'];
  return gates.filter(({ gate, verdict }) => own.includes(gate) && verdict === 'invalid').map(({ message }) => message);
}

async function measured(gateway: ResolvedGateway, scenario = FIFTH) {
  const record = await runOneCell(gateway, scenario);
  const effects = faultEffects(record, scenario);
  if (record.requests === null || effects === null) throw new Error(JSON.stringify(record.outcome));
  return { record, requests: record.requests, failed: failedCount(record.requests), effects };
}

describe('an upstream that fails by design', () => {
  it('is a result, not a fault of the measurement, and fails in the window alone', async () => {
    const { record, requests, failed, effects } = await measured(directGateway);
    const { mock } = record;
    expect(voided(record)).toEqual([]);
    // What the upstream spoiled at the window's end may still be on its way.
    expect((mock?.faults?.['503'] ?? 0) - failed).toBeGreaterThanOrEqual(0);
    expect((mock?.faults?.['503'] ?? 0) - failed).toBeLessThanOrEqual(5);
    expect(failed).toBeGreaterThan(5);
    expect(requests).toMatchObject({ failed: { http_5xx: failed }, statusCodes: { 503: failed } });
    expect(requests.retryAfter).toEqual({ responses: failed, minS: 1, maxS: 1 });
    expect(effects.injectedShare).toBeGreaterThan(0.15);
    expect(effects.upstreamPerRequest).toBeLessThan(1.05);
    expect(record.seconds.filter(({ phase }) => phase === 'warmup').map((second) => second.failed)).toEqual([0]);
  });

  it('shows the requests that a gateway adds by trying again', async () => {
    const { record, requests, effects } = await measured(fakeGateway('retries'));
    const extra = (record.mock?.wholeLoad?.requests ?? 0) - (record.wholeLoad?.sentAtMost ?? 0);
    expect(extra).toBeGreaterThan(10);
    expect(effects.upstreamPerRequest).toBeCloseTo(
      1 + extra / ((requests.sent ?? 0) - (requests.inFlightAtStart ?? 0)),
    );
    expect(record.gates.find(({ gate }) => gate === 'upstream requests')).toMatchObject({
      verdict: 'pass',
      message: expect.stringContaining('which failed'),
    });
    expect(requests.ok).toBeGreaterThan(50);
  });

  it('is left for the second one by a gateway that fails over', async () => {
    const scenario = aScenario({ durationS: 3, warmupS: 1 }, false, {
      upstream: { faults: ['503@1s..2s'], second: { latency: '30ms' } },
    });
    const { record, failed, effects } = await measured(
      fakeGateway('fails-over', { environment: { SECOND: '{upstream2}' } }),
      scenario,
    );
    expect(voided(record)).toEqual([]);
    expect(failed).toBe(0);
    expect(record.mock?.second?.requests).toBeGreaterThan(20);
    const [recovery] = effects.recoveries;
    expect(recovery).toMatchObject({ fault: '503@1s..2s', fromS: 1, untilS: 2, lost: 0 });
    // Each failed one went there, but for those that were on their way when the window ended.
    const { faults = {}, second } = record.mock ?? {};
    expect(Math.abs((faults['503'] ?? 0) - (second?.requests ?? 0))).toBeLessThanOrEqual(5);
  });
});

describe('wrong keys', () => {
  const wrong = aScenario({}, false, { request: { keys: 'invalid' } });
  const refused = (gateway: ResolvedGateway) => runOneCell(gateway, wrong);
  const asked = { requests: expect.any(Number), completions: 0 };

  it('are refused by the upstream that a gateway hands them on to, and that is a right answer', async () => {
    const record = await refused(fakeGateway('ok'));
    expect(voided(record)).toEqual([]);
    expect(record.requests).toMatchObject({ failed: {}, statusCodes: {} });
    expect(record.requests?.ok).toBeGreaterThan(100);
    expect(record.mock?.wholeLoad).toEqual(asked);
    expect(record.mock?.wholeLoad?.requests).toBeGreaterThanOrEqual(record.requests?.ok ?? Number.POSITIVE_INFINITY);
  });

  it('are refused by a gateway with keys of its own, which asks nobody', async () => {
    const record = await refused(
      fakeGateway('own-key', {}, { request: { headers: { authorization: 'Bearer sk-own' } } }),
    );
    expect(voided(record)).toEqual([]);
    expect(record.mock?.wholeLoad).toEqual({ requests: 0, completions: 0 });
    expect(record.gates.find(({ gate }) => gate === 'upstream requests')?.message).toMatch(
      /^the gateway itself refused/,
    );
  });

  it('skip a gateway that checks none', async () => {
    expect((await refused(fakeGateway('keyless'))).outcome).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining('it checks no keys'),
    });
  });
});

describe('many keys', () => {
  const many = aScenario({}, false, { request: { keys: 'many(10)' } });

  it('are sent one after the other, and taken by a gateway that hands them on', async () => {
    const record = await runOneCell(fakeGateway('ok'), many);
    expect(record.requests?.ok).toBeGreaterThan(100);
    expect(record.requests?.failed).toEqual({});
  });

  it('skip a gateway that takes its own alone', async () => {
    const own = fakeGateway('own-key', {}, { request: { headers: { authorization: 'Bearer sk-own' } } });
    expect((await runOneCell(own, many)).outcome).toMatchObject({
      kind: 'skipped',
      reason: 'it takes no key but its own: another one got status 401',
    });
  });
});
