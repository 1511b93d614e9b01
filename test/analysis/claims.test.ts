import { describe, expect, it } from 'vitest';
import { matchClaims } from '../../src/analysis/claims.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import { CLAIM_METRICS, type Claim } from '../../src/model/claims.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { claimOf, claimsOf } from '../support/claims.js';
import { publishedClaims } from '../support/published-claims.js';
import { recordOf, runOf, treeOf } from '../support/record-builder.js';

function match(claims: Claim[], records: CellRecord[], facts: Partial<Run> = {}, stream = false) {
  const run = runOf(records, facts);
  const scenario = { ...run.scenario, request: { ...run.scenario.request, stream } };
  return matchClaims(claimsOf(claims), summarise(run, deriveRun(records)), scenario);
}

const ferro = recordOf({
  gateway: 'ferro',
  vus: 50,
  ratePerSec: 400,
  p50Us: 61_300,
  p99Us: 64_100,
  failed: { timeout: 6_000 },
  tree: treeOf({ rssBytesMax: 36 * 2 ** 20 }),
});

describe('matchClaims', () => {
  it.each([
    ['rps', 'req/s', 400],
    ['p50', 'ms', 61.3],
    ['p90', 'ms', 62.42],
    ['p95', 'ms', 62.98],
    ['p99', 'ms', 64.1],
    ['mean', 'ms', 61.3],
    ['max', 'ms', 96.15],
    ['memory', 'MB', 36],
    ['error_rate', '%', 20],
    ['cpu', '% of one core', 85],
  ] as const)('measures %s in %s', (metric, unit, value) => {
    expect(CLAIM_METRICS[metric]).toBe(unit);
    expect(match([claimOf({ metric, value: 2 * value })], [ferro])).toMatchObject([{ measured: value, ratio: 0.5 }]);
  });

  it('measures what the gateway adds against the direct cell of the same repeat', () => {
    const direct = recordOf({ gateway: 'direct', vus: 50, p50Us: 60_300, p99Us: 61_100 });
    const added = (metric: Claim['metric']) => match([claimOf({ metric, value: 1 })], [direct, ferro])[0]?.measured;
    expect(added('overhead_p50')).toBeCloseTo(1);
    expect(added('overhead_p99')).toBeCloseTo(3);
    expect(added('overhead_p95')).toBeCloseTo(62.98 - 60.78);
    expect(added('overhead_mean')).toBeCloseTo(1);
    expect(match([claimOf({ metric: 'overhead_mean', value: 1 })], [ferro])[0]?.measured).toBeNull();
  });

  it('compares with runs of the same upstream latency alone, and not where it is not known', () => {
    const at = (upstreamLatencyMs: number | null) =>
      matchClaims(
        claimsOf([claimOf({})], { article: { upstreamLatencyMs } }),
        summarise(runOf([ferro]), deriveRun([ferro])),
        runOf([ferro]).scenario,
      ).length;
    expect([at(60), at(0), at(null)]).toEqual([1, 0, 0]);
  });

  it('compares with no run whose upstream fails by design, or whose keys are wrong', () => {
    const { scenario } = runOf([ferro]);
    const matches = (over: Partial<typeof scenario>) =>
      matchClaims(claimsOf([claimOf({})]), summarise(runOf([ferro]), deriveRun([ferro])), { ...scenario, ...over })
        .length;
    expect(matches({})).toBe(1);
    expect(matches({ upstream: { ...scenario.upstream, faults: ['503:0.1'] } })).toBe(0);
    expect(matches({ upstream: { ...scenario.upstream, second: { latency: '90ms' } } })).toBe(0);
    expect(matches({ request: { ...scenario.request, keys: 'invalid' } })).toBe(0);
  });

  it('reads an unknown load as the one that stands for it', () => {
    const unknown = claimOf({ load: { model: 'unknown' }, readAs: { vus: 50, upstreamLatencyMs: 60 } });
    expect(match([unknown, claimOf({ load: { model: 'unknown' } })], [ferro])).toHaveLength(1);
  });

  it('leaves out what has no cell in this run', () => {
    expect(match([claimOf({ load: { model: 'closed', vus: 51 } }), claimOf({ gateway: 'other' })], [ferro])).toEqual(
      [],
    );
  });

  it('compares streams with streams only', () => {
    const streaming = claimOf({ load: { model: 'closed', vus: 50, stream: true }, value: 810 });
    expect(match([claimOf({}), streaming], [ferro]).map(({ claim: { value } }) => value)).toEqual([800]);
    expect(match([claimOf({}), streaming], [ferro], {}, true).map(({ claim: { value } }) => value)).toEqual([810]);
    // Long answers, or paced ones, are other streams than those that were published.
    const { scenario } = runOf([ferro]);
    for (const longer of [{ outputTokens: 64 }, { streamChunkDelayMs: 20 }]) {
      const paced = { ...scenario, upstream: { ...scenario.upstream, ...longer } };
      expect(match([streaming], [ferro], { scenario: paced }, true)).toEqual([]);
    }
  });

  it('merges equal claims of several sources, and keeps different ones apart', () => {
    const claims = [claimOf({}), claimOf({ source: 'RESULTS.md', note: 'one worker' }), claimOf({ value: 900 })];
    expect(match(claims, [ferro])).toMatchObject([
      { sources: ['article', 'RESULTS.md'], claim: { note: 'one worker' } },
      { sources: ['article'], claim: { value: 900 } },
    ]);
  });

  it('names a source once that says a thing twice', () => {
    expect(match([claimOf({}), claimOf({}), claimOf({ note: 'again' })], [ferro])).toMatchObject([
      { sources: ['article'], claim: { note: 'again' } },
    ]);
  });

  it('has no measured value where a cell is planned and has no record yet', () => {
    const run = runOf([ferro]);
    const planned = run.gateways.map((gateway) => ({ ...gateway, version: '1.1.0' }));
    const all = claimsOf([claimOf({})]);
    expect(matchClaims(all, summarise({ ...run, gateways: planned }, []), run.scenario)).toMatchObject([
      {
        record: null,
        measured: null,
        ratio: null,
        measuredVersion: '1.1.0',
        differences: [expect.stringContaining('1.1.0')],
      },
    ]);
    const unknown = run.gateways.map((gateway) => ({ ...gateway, version: null }));
    expect(matchClaims(all, summarise({ ...run, gateways: unknown }, []), run.scenario)).toMatchObject([
      { measuredVersion: null, differences: [] },
    ]);
  });

  it('has no memory where none was read, and not 0', () => {
    const unread = recordOf({ gateway: 'ferro', vus: 50, tree: null });
    expect(match([claimOf({ metric: 'memory', value: 40 })], [unread])).toMatchObject([
      { measured: null, ratio: null },
    ]);
  });

  it('has no ratio to a published 0', () => {
    expect(match([claimOf({ value: 0 })], [ferro])).toMatchObject([{ measured: 400, ratio: null }]);
  });

  it('has no measured value where the cell was skipped', () => {
    const skipped = recordOf({ gateway: 'ferro', vus: 50, outcome: { kind: 'skipped', reason: 'no' } });
    const run = runOf([ferro]);
    expect(match([claimOf({})], [skipped], { gateways: run.gateways })).toMatchObject([
      { measured: null, ratio: null },
    ]);
  });

  it('says that versions differ, and not for a mere v', () => {
    const differences = (version: string) =>
      match([claimOf({})], [recordOf({ gateway: 'ferro', vus: 50, version })])[0]?.differences;
    expect(differences('v1.0.0')).toEqual([]);
    expect(differences('1.1.0')).toEqual(['published for version 1.0.0, measured 1.1.0']);
  });

  it('is about the default variant where that was run', () => {
    const workers = recordOf({ gateway: 'ferro', variant: 'workers', vus: 50 });
    expect(match([claimOf({})], [ferro, workers]).map(({ label }) => label)).toEqual(['ferro']);
  });

  it('says which variant was measured where nothing says why', () => {
    const workers = recordOf({ gateway: 'ferro', variant: 'workers', vus: 50 });
    expect(match([claimOf({})], [workers])[0]?.differences).toEqual(['measured is the variant "workers"']);
  });

  it('takes a variant that stands in, and says so', () => {
    const built = recordOf({ gateway: 'ferro', variant: 'built', vus: 50 });
    const gateways = runOf([built]).gateways.map((planned) => ({ ...planned, note: 'stands in for ferro 1.0.0' }));
    expect(match([claimOf({})], [built], { gateways })).toMatchObject([
      { label: 'ferro:built', differences: ['measured is the variant "built": stands in for ferro 1.0.0'] },
    ]);
  });

  it('prefers what stands in over other variants, where the default can not run', () => {
    const records = ['default', 'workers', 'built'].map((variant) => recordOf({ gateway: 'ferro', variant, vus: 50 }));
    const gateways = runOf(records).gateways.map((planned) => ({
      ...planned,
      skip: planned.variant === 'default' ? { reason: 'not installed' } : null,
      ...(planned.variant === 'built' ? { note: 'stands in for ferro' } : {}),
    }));
    expect(match([claimOf({})], records, { gateways }).map(({ label }) => label)).toEqual(['ferro:built']);
  });
});

describe('results/published/claims.json', () => {
  const claims = publishedClaims();

  it('explains every source it names', () => {
    expect(
      [...new Set(claims.claims.map(({ source }) => source))].filter((source) => !(source in claims.sources)),
    ).toEqual([]);
  });

  it('says a thing once: no source has two values for one figure, but a note tells them apart', () => {
    const keys = claims.claims.map(({ gateway, metric, source, load, note }) =>
      JSON.stringify([gateway, metric, source, load, metric === 'memory' ? note : null]),
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});
