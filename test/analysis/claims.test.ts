import { describe, expect, it } from 'vitest';
import { matchClaims } from '../../src/analysis/claims.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { Claim, Claims } from '../../src/model/claims.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { publishedClaims } from '../support/published-claims.js';
import { recordOf, runOf, treeOf } from '../support/record-builder.js';

function claim(facts: Partial<Claim>): Claim {
  return {
    gateway: 'ferro',
    version: '1.0.0',
    metric: 'rps',
    unit: 'req/s',
    vus: 50,
    value: 800,
    source: 'article',
    load: 'closed, constant VUs, non-streaming',
    publisher: 'somebody',
    ...facts,
  };
}

function match(claims: Claim[], records: CellRecord[], facts: Partial<Run> = {}, stream = false) {
  const all: Claims = { about: '', sources: {}, profiles: [], shapes: [], claims };
  return matchClaims(all, summarise(runOf(records, facts), deriveRun(records)), stream);
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
    expect(match([claim({ metric, unit, value: 2 * value })], [ferro])).toMatchObject([
      { measured: value, ratio: 0.5 },
    ]);
  });

  it('leaves out what has no cell in this run', () => {
    expect(match([claim({ vus: 51 }), claim({ gateway: 'other' })], [ferro])).toEqual([]);
  });

  it('compares streams with streams only', () => {
    const streaming = claim({ load: 'closed, constant VUs, SSE streaming', value: 810 });
    expect(match([claim({}), streaming], [ferro]).map(({ claim: { value } }) => value)).toEqual([800]);
    expect(match([claim({}), streaming], [ferro], {}, true).map(({ claim: { value } }) => value)).toEqual([810]);
  });

  it('merges equal claims of several sources, and keeps different ones apart', () => {
    const claims = [claim({}), claim({ source: 'RESULTS.md', note: 'one worker' }), claim({ value: 900 })];
    expect(match(claims, [ferro])).toMatchObject([
      { sources: ['article', 'RESULTS.md'], claim: { note: 'one worker' } },
      { sources: ['article'], claim: { value: 900 } },
    ]);
  });

  it('names a source once that says a thing twice', () => {
    expect(match([claim({}), claim({}), claim({ note: 'again' })], [ferro])).toMatchObject([
      { sources: ['article'], claim: { note: 'again' } },
    ]);
  });

  it('has no measured value where a cell is planned and has no record yet', () => {
    const run = runOf([ferro]);
    const planned = run.gateways.map((gateway) => ({ ...gateway, version: '1.1.0' }));
    const all: Claims = { about: '', sources: {}, profiles: [], shapes: [], claims: [claim({})] };
    expect(matchClaims(all, summarise({ ...run, gateways: planned }, []), false)).toMatchObject([
      {
        record: null,
        measured: null,
        ratio: null,
        measuredVersion: '1.1.0',
        differences: [expect.stringContaining('1.1.0')],
      },
    ]);
    const unknown = run.gateways.map((gateway) => ({ ...gateway, version: null }));
    expect(matchClaims(all, summarise({ ...run, gateways: unknown }, []), false)).toMatchObject([
      { measuredVersion: null, differences: [] },
    ]);
  });

  it('has no memory where none was read, and not 0', () => {
    const unread = recordOf({ gateway: 'ferro', vus: 50, tree: null });
    expect(match([claim({ metric: 'memory', unit: 'MB', value: 40 })], [unread])).toMatchObject([
      { measured: null, ratio: null },
    ]);
  });

  it('has no ratio to a published 0', () => {
    expect(match([claim({ value: 0 })], [ferro])).toMatchObject([{ measured: 400, ratio: null }]);
  });

  it('has no measured value where the cell was skipped', () => {
    const skipped = recordOf({ gateway: 'ferro', vus: 50, outcome: { kind: 'skipped', reason: 'no' } });
    const run = runOf([ferro]);
    expect(match([claim({})], [skipped], { gateways: run.gateways })).toMatchObject([{ measured: null, ratio: null }]);
  });

  it('says that versions differ, and not for a mere v', () => {
    const differences = (version: string) =>
      match([claim({})], [recordOf({ gateway: 'ferro', vus: 50, version })])[0]?.differences;
    expect(differences('v1.0.0')).toEqual([]);
    expect(differences('1.1.0')).toEqual(['published for version 1.0.0, measured 1.1.0']);
  });

  it('is about the default variant where that was run', () => {
    const workers = recordOf({ gateway: 'ferro', variant: 'workers', vus: 50 });
    expect(match([claim({})], [ferro, workers]).map(({ label }) => label)).toEqual(['ferro']);
  });

  it('says which variant was measured where nothing says why', () => {
    const workers = recordOf({ gateway: 'ferro', variant: 'workers', vus: 50 });
    expect(match([claim({})], [workers])[0]?.differences).toEqual(['measured is the variant "workers"']);
  });

  it('takes a variant that stands in, and says so', () => {
    const built = recordOf({ gateway: 'ferro', variant: 'built', vus: 50 });
    const gateways = runOf([built]).gateways.map((planned) => ({ ...planned, note: 'stands in for ferro 1.0.0' }));
    expect(match([claim({})], [built], { gateways })).toMatchObject([
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
    expect(match([claim({})], records, { gateways }).map(({ label }) => label)).toEqual(['ferro:built']);
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
    const keys = claims.claims.map(({ gateway, metric, vus, source, load, note }) =>
      JSON.stringify([gateway, metric, vus, source, load, metric === 'memory' ? note : null]),
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('has a unit that a comparison understands for every metric', () => {
    const units = { rps: 'req/s', memory: 'MB', error_rate: '%', cpu: '% of one core' };
    for (const { metric, unit } of claims.claims) {
      expect(unit).toBe(metric in units ? units[metric as keyof typeof units] : 'ms');
    }
  });
});
