import { describe, expect, it } from 'vitest';
import { agrees, judgeClaims, type MeasuredRun } from '../../src/analysis/claim-verdicts.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { Claim, ClaimSource } from '../../src/model/claims.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { claimOf, claimsOf } from '../support/claims.js';
import { aFootprint } from '../support/footprints.js';
import { allClaims } from '../support/published-claims.js';
import { hostOf, recordOf, runOf, treeOf } from '../support/record-builder.js';

function measured(records: CellRecord[], facts: Partial<Run> = {}): MeasuredRun {
  const run = runOf(records, facts);
  return { run, summaries: summarise(run, deriveRun(records)) };
}

function judge(claims: Partial<Claim>[], runs: MeasuredRun[], sources: Record<string, Partial<ClaimSource>> = {}) {
  return judgeClaims(claimsOf(claims.map(claimOf), sources), runs);
}

const ferro = (facts: Partial<Parameters<typeof recordOf>[0]> = {}) =>
  recordOf({ gateway: 'ferro', vus: 50, ratePerSec: 820, ...facts });

describe('judgeClaims', () => {
  it('has a verdict on every claim, in order', async () => {
    const claims = await allClaims();
    const verdicts = judgeClaims(claims, []);
    expect(verdicts.map(({ claim }) => claim)).toEqual(claims.claims);
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(
      new Set(['contradicted', 'not-comparable', 'not-measured']),
    );
    for (const { sentence } of verdicts) expect(sentence).toMatch(/\S\.$/);
  });

  it('reproduces, or differs and says by how much', () => {
    expect(judge([{ value: 813 }], [measured([ferro()])])[0]).toMatchObject({
      verdict: 'reproduced',
      sentence: 'Measured 820 req/s, published 813 req/s.',
    });
    expect(judge([{ value: 400 }], [measured([ferro()])])[0]).toMatchObject({
      verdict: 'differs',
      sentence: 'Measured 820 req/s, published 400 req/s, 2.1 times.',
      measured: { value: 820, interval: null, label: 'ferro' },
    });
  });

  it('shows the interval between repeats', () => {
    const records = [810, 820, 830].map((ratePerSec, at) => ferro({ ratePerSec, repeat: at + 1 }));
    const [verdict] = judge([{ value: 813 }], [measured(records)]);
    expect(verdict?.measured?.interval?.low).toBeGreaterThan(780);
    expect(verdict?.measured?.interval?.high).toBeLessThan(860);
    expect(verdict?.sentence).toMatch(/^Measured 820 \[79\d(\.\d)?–84\d(\.\d)?\] req\/s, published 813 req\/s\.$/);
  });

  it('says what differs in the conditions', () => {
    const [verdict] = judge([{}], [measured([ferro({ version: '1.4.4' })])], {
      article: { cpus: 16, hardware: null, payload: 'requests of 1 KB' },
    });
    expect(verdict?.conditions).toEqual([
      '8 CPUs here, 16 there',
      'published for version 1.0.0, measured 1.4.4',
      'payload there: requests of 1 KB',
      'hardware not published',
    ]);
    const readAs = { vus: 50, upstreamLatencyMs: 60 };
    const [read] = judge([{ load: { model: 'unknown' }, readAs }], [measured([ferro()])]);
    expect(read?.conditions).toEqual(['no load was published: read as 50 VU against an upstream of 60 ms']);
  });

  it('lets a measurement take a side where a publisher contradicts itself, and contradicts both sides without', () => {
    const pair = [{ value: 0 }, { value: 813, source: 'other' }];
    expect(judge(pair, [])).toMatchObject([{ verdict: 'contradicted' }, { verdict: 'contradicted' }]);
    const [dead, alive] = judge(pair, [measured([ferro()])]);
    expect(dead).toMatchObject({ verdict: 'contradicted', sentence: expect.stringContaining('Measured 820 req/s') });
    expect(alive).toMatchObject({
      verdict: 'reproduced',
      sentence: expect.stringContaining('Its publisher also says otherwise'),
    });
  });

  it('leaves contradictions of two publishers to the reader', () => {
    const pair = [{ value: 400 }, { value: 813, source: 'other' }];
    const [differs, reproduced] = judge(pair, [measured([ferro()])], { other: { publisher: 'another' } });
    expect([differs?.verdict, reproduced?.verdict]).toEqual(['differs', 'reproduced']);
  });

  it.each<[string, Partial<Claim>, RegExp]>([
    ['a rate of arrivals', { load: { model: 'open', ratePerSec: 5000 } }, /rate of arrivals/],
    ['a search', { load: { model: 'search', bound: 'p99 under 1 s' } }, /searches/],
    ['no load', { load: { model: 'unknown' } }, /load is not said/],
    ['a metric of no record', { metric: 'image_size', load: { model: 'unknown' } }, /measures no image/],
    ['a cold start', { metric: 'cold_start', load: { model: 'unknown' } }, /`gatebench footprint` measures it/],
    ['no cell', { load: { model: 'closed', vus: 7 } }, /No run given/],
  ])('is not measured, and says why: %s', (_, claim, sentence) => {
    const [verdict] = judge([claim], [measured([ferro()])]);
    expect(verdict).toMatchObject({ verdict: 'not-measured', sentence: expect.stringMatching(sentence) });
  });

  it('judges a cold start by the footprint of that gateway, within a factor of two', () => {
    const claim = { metric: 'cold_start', load: { model: 'unknown' } } as const;
    const run = { ...measured([ferro()]), footprints: [aFootprint()] };
    const pair = [
      { ...claim, value: 7.1 },
      { ...claim, value: 0.5, source: 'other' },
    ];
    const [slow, near] = judge(pair, [run], { other: { publisher: 'another' } });
    expect(slow).toMatchObject({
      verdict: 'differs',
      sentence: 'Measured 0.31 s, published 7.1 s, 0.044 times.',
      measured: { value: 0.31, label: 'ferro' },
      conditions: ['measured as a process, page caches dropped'],
    });
    expect(near?.verdict).toBe('reproduced');
    const busy = aFootprint({ starts: aFootprint().starts.map((start) => ({ ...start, otherCpuPercent: 60 })) });
    expect(judge([claim], [{ ...run, footprints: [busy] }])[0]).toMatchObject({
      verdict: 'not-comparable',
      sentence: expect.stringContaining('not to be trusted'),
    });
    const elsewhere = aFootprint({ machine: { ...aFootprint().machine, hostname: 'other' } });
    expect(judge([claim], [{ ...run, footprints: [elsewhere] }])[0]?.verdict).toBe('not-measured');
  });

  it('is not comparable where one machine can’t measure it', () => {
    expect(judge([{ needs: 'a cluster' }], [measured([ferro()])])[0]).toMatchObject({
      verdict: 'not-comparable',
      sentence: 'It would need a cluster.',
    });
  });

  it('is not comparable where what was measured is not to be trusted', () => {
    const late = ferro({ outcome: { kind: 'invalid', reasons: ['mock upstream: late'] } });
    expect(judge([{}], [measured([late])])[0]).toMatchObject({
      verdict: 'not-comparable',
      sentence: 'Measured, and not to be trusted: mock upstream: late.',
    });
  });

  it('takes a trusted figure of an older run before one that is not to be trusted', () => {
    const late = measured([ferro({ outcome: { kind: 'invalid', reasons: ['late'] } })]);
    expect(judge([{}], [late, measured([ferro()])])[0]?.verdict).toBe('reproduced');
  });

  it('is not comparable where this machine can’t do as much without a gateway', () => {
    const direct = recordOf({ gateway: 'direct', vus: 50, ratePerSec: 500 });
    const [verdict] = judge([{ value: 813 }], [measured([direct, ferro({ ratePerSec: 480 })])]);
    expect(verdict).toMatchObject({
      verdict: 'not-comparable',
      sentence: 'Measured 480 req/s, published 813 req/s; but this machine does 500 req/s without a gateway.',
    });
  });

  it('is not comparable where fewer CPUs than were published are used up', () => {
    const slow = ferro({ ratePerSec: 480, tree: treeOf({ cpuPercentMean: 190, processesMax: 1 }) });
    slow.resources.host = hostOf({ cpuPercentMean: 70 });
    const two = { machine: { ...runOf([slow]).machine, cores: 2 } };
    const [verdict] = judge([{ value: 813 }], [measured([slow], two)]);
    expect(verdict).toMatchObject({
      verdict: 'not-comparable',
      sentence: expect.stringContaining('all its 2 CPUs were busy'),
    });
    expect(judge([{ value: 813 }], [measured([slow], two)], { article: { cpus: 2 } })[0]?.verdict).toBe('differs');
    // More than was published isn't for want of CPUs.
    expect(judge([{ value: 200 }], [measured([slow], two)])[0]?.verdict).toBe('differs');
  });
});

describe('agrees', () => {
  it.each<[Partial<Claim>, number, boolean]>([
    [{ value: 1000 }, 1240, true],
    [{ value: 1000 }, 1260, false],
    [{ value: 1000 }, 810, true],
    [{ value: 1000 }, 790, false],
    [{ metric: 'p99', value: 100 }, 140, true],
    [{ metric: 'p50', value: 100 }, 140, false],
    [{ metric: 'overhead_p99', value: 1 }, 1.9, true],
    [{ metric: 'overhead_p99', value: 1 }, -0.2, false],
    [{ metric: 'error_rate', value: 0 }, 0.9, true],
    [{ metric: 'error_rate', value: 3 }, 0.9, false],
    [{ metric: 'overhead_p50', value: 1, bound: 'at-most' }, 0.2, true],
    [{ metric: 'overhead_p50', value: 1, bound: 'at-most' }, 1.1, false],
    [{ metric: 'overhead_p50', value: 10, bound: 'at-least' }, 12, true],
    [{ metric: 'overhead_p50', value: 30, interval: [10, 50] }, 11, true],
    [{ value: 0 }, 0, true],
    [{ value: 0 }, 820, false],
  ])('%j and %d: %s', (claim, value, expected) => {
    expect(agrees(claimOf(claim), value)).toBe(expected);
  });
});
