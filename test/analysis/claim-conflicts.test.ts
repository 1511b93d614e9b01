import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/analysis/claim-conflicts.js';
import type { Claim, ClaimSource } from '../../src/model/claims.js';
import { claimOf, claimsOf } from '../support/claims.js';
import { allClaims } from '../support/published-claims.js';

const instant: Partial<ClaimSource> = { upstreamLatencyMs: 0 };

function conflicts(claims: Partial<Claim>[], sources: Record<string, Partial<ClaimSource>> = {}) {
  return findConflicts(claimsOf(claims.map(claimOf), sources)).map(({ own, because }) => ({ own, because }));
}

describe('findConflicts', () => {
  it('finds one figure published twice', () => {
    expect(conflicts([{ value: 800 }, { value: 1700, source: 'post' }], { post: { date: null } })).toEqual([
      {
        own: true,
        because: '800 req/s at 50 VUs in article (2026-03-26), and 1,700 req/s at 50 VUs in post, 2.1 times as much',
      },
    ]);
  });

  it.each<[string, Partial<Claim>, Partial<ClaimSource>]>([
    ['by less than half', { value: 1100 }, {}],
    ['at other VUs', { load: { model: 'closed', vus: 51 } }, {}],
    ['of another version', { version: '1.0.1' }, {}],
    ['of another gateway', { gateway: 'kong' }, {}],
    ['of streams', { load: { model: 'closed', vus: 50, stream: true } }, {}],
    ['with another upstream', {}, { upstreamLatencyMs: 20 }],
    ['on other CPUs', {}, { cpus: 4 }],
    ['of another metric', { metric: 'memory' }, {}],
  ])('takes two figures for different ones: %s', (_, facts, source) => {
    expect(conflicts([{ value: 800 }, { value: 8000, source: 'post', ...facts }], { post: source })).toEqual([]);
  });

  it('says who contradicts whom', () => {
    const [other] = conflicts([{ value: 800 }, { value: 8000, source: 'post' }], { post: { publisher: 'another' } });
    expect(other?.own).toBe(false);
  });

  it('finds what answers nothing at some VUs and much at more', () => {
    const dead = { value: 0, load: { model: 'closed', vus: 300 } } as const;
    const alive = { value: 8016, load: { model: 'closed', vus: 500 } } as const;
    expect(conflicts([dead, alive])).toHaveLength(1);
    expect(conflicts([alive, dead])).toHaveLength(1);
    expect(conflicts([{ ...dead, metric: 'error_rate', value: 100 }, alive])).toHaveLength(1);
    expect(conflicts([dead, { ...alive, load: { model: 'closed', vus: 150 } }])).toEqual([]);
    expect(conflicts([{ ...dead, metric: 'error_rate', value: 8 }, alive])).toEqual([]);
  });

  it('finds much added under a light load and little under a heavy one', () => {
    const light = { metric: 'overhead_p99', value: 40.9, load: { model: 'closed', vus: 1 }, source: 'one' } as const;
    const heavy = { metric: 'p99', value: 0.94, load: { model: 'open', ratePerSec: 10_000 }, source: 'many' } as const;
    const sources = { one: instant, many: { ...instant, publisher: 'another' } };
    expect(conflicts([light, heavy], sources)[0]?.because).toMatch(
      /^40.9 ms at 1 VU in one.* 44 times as much at no more load$/,
    );
    expect(conflicts([{ ...light, value: 2.5 }, heavy], sources)).toEqual([]);
    // More under a heavier load is what load does.
    expect(conflicts([{ ...light, load: { model: 'open', ratePerSec: 20_000 } }, heavy], sources)).toEqual([]);
    // A closed loop of many VUs fills whatever is slow, and a percentile says nothing of another one.
    expect(conflicts([{ ...light, load: { model: 'closed', vus: 16 } }, heavy], sources)).toEqual([]);
    expect(conflicts([{ ...light, metric: 'overhead_p50' }, heavy], sources)).toEqual([]);
  });

  it('takes the upstream’s latency off a whole latency', () => {
    const light = { metric: 'overhead_mean', value: 40, load: { model: 'open', ratePerSec: 100 } } as const;
    const heavy = { metric: 'mean', value: 70, load: { model: 'open', ratePerSec: 1000 } } as const;
    expect(conflicts([light, heavy])[0]?.because).toContain(
      "70 ms at 1,000 req/s offered in article (2026-03-26), 10 ms of it above the upstream's 60 ms",
    );
  });

  it('finds a bound that one connection misses', () => {
    const bound = { metric: 'overhead_p50', value: 1, bound: 'at-most', load: { model: 'unknown' } } as const;
    const seen = { metric: 'overhead_p50', value: 2.65, load: { model: 'closed', vus: 1 } } as const;
    expect(conflicts([bound, seen])).toHaveLength(1);
    expect(conflicts([bound, { ...seen, value: 1.14 }])).toEqual([]);
    expect(conflicts([{ ...bound, bound: 'at-least', value: 10 }, seen])).toHaveLength(1);
    expect(conflicts([bound, { ...seen, load: { model: 'closed', vus: 10 } }])).toEqual([]);
  });

  it('names a claim once for each publisher that speaks against it', () => {
    const dead = { value: 0, load: { model: 'closed', vus: 300 } } as const;
    const alive = [500, 1000].map((vus) => ({ value: 8000, load: { model: 'closed', vus } }) as const);
    expect(conflicts([dead, ...alive])).toHaveLength(1);
  });
});

describe('conflicts of the published claims', () => {
  it('are found by the program: Bifrost at 1,000 VUs, and TensorZero', async () => {
    const found = findConflicts(await allClaims());
    const between = (gateway: string, values: number[]) =>
      found.find(({ claims }) => claims.every((claim) => claim.gateway === gateway && values.includes(claim.value)));
    expect(between('bifrost', [0, 13_380])?.own).toBe(true);
    expect(between('tensorzero', [0.94, 40.948])?.own).toBe(false);
    expect(between('kong', [43, 1103])?.own).toBe(true);
    expect(between('portkey', [1, 3.262])?.own).toBe(false);
    expect(between('bifrost', [0.011, 0.99])?.own).toBe(true);
  });
});
