import { describe, expect, it } from 'vitest';
import type { MeasuredRun } from '../../src/analysis/claim-verdicts.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { judgeShapes } from '../../src/analysis/shape-verdicts.js';
import { summarise } from '../../src/analysis/summary.js';
import type { Claim, PublishedShape } from '../../src/model/claims.js';
import { claimOf, claimsOf } from '../support/claims.js';
import { publishedClaims } from '../support/published-claims.js';
import { type CellFacts, hostOf, recordOf, runOf, treeOf } from '../support/record-builder.js';

const LEVELS = [50, 150, 300, 500];

function measured(
  rate: (vus: number) => number,
  facts: Partial<CellFacts> = {},
  { cores = 8, hostPercent = 60 } = {},
): MeasuredRun {
  const records = LEVELS.map((vus) => recordOf({ gateway: 'ferro', vus, ratePerSec: rate(vus), ...facts }));
  for (const { resources } of records) resources.host = hostOf({ cpuPercentMean: hostPercent });
  const run = runOf(records);
  run.machine.cores = cores;
  return { run, summaries: summarise(run, deriveRun(records)) };
}

const linear = (vus: number) => vus / 0.061;
const flat = (vus: number) => Math.min(linear(vus), 850);

function judge(
  shape: PublishedShape['shape'],
  published: (vus: number) => number,
  runs: MeasuredRun[],
  more: Claim[] = [],
) {
  const rates = LEVELS.map((vus) => claimOf({ value: published(vus), load: { model: 'closed', vus } }));
  const claims = claimsOf([...rates, ...more], {}, [{ gateway: 'ferro', shape, source: 'article' }]);
  return judgeShapes(claims, runs)[0];
}

describe('judgeShapes', () => {
  it('reproduces a shape, or differs, with the evidence', () => {
    expect(judge('linear', linear, [measured(linear)])).toMatchObject({
      verdict: 'reproduced',
      sentence: expect.stringMatching(/^Measured linear: 8,197 req\/s at 500 VUs, 98.4 %/),
    });
    expect(judge('linear', linear, [measured(flat)])?.verdict).toBe('differs');
  });

  it('holds a shape against the figures beside it', () => {
    expect(judge('linear', flat, [measured(linear)])).toMatchObject({
      verdict: 'contradicted',
      sentence: expect.stringMatching(/^Its own figures make it plateau: flat from 50 VUs at 842 req\/s/),
    });
  });

  it('takes a plateau without CPU and a ceiling for the same curve', () => {
    const busy = measured(flat, { tree: treeOf({ cpuPercentMean: 100 }) });
    expect(judge('plateau', flat, [busy])).toMatchObject({ verdict: 'reproduced', measured: 'ceiling' });
    const idle = claimOf({ metric: 'cpu', value: 30, load: { model: 'closed', vus: 500 } });
    expect(judge('plateau', flat, [busy], [idle])?.verdict).toBe('differs');
  });

  it('can not compare where fewer CPUs than were published are the limit', () => {
    const crowded = measured(flat, { tree: treeOf({ cpuPercentMean: 110 }) }, { cores: 2, hostPercent: 98 });
    expect(judge('linear', linear, [crowded])).toMatchObject({
      verdict: 'not-comparable',
      sentence: expect.stringContaining('2 CPUs here and 8 there'),
    });
  });

  it('is not measured without enough levels, with streams, or with another upstream', () => {
    expect(judge('linear', linear, [])?.verdict).toBe('not-measured');
    const streams = measured(linear);
    streams.run.scenario.request.stream = true;
    expect(judge('linear', linear, [streams])?.verdict).toBe('not-measured');
    const other = measured(linear);
    other.run.scenario.upstream.latency = '20ms';
    expect(judge('linear', linear, [other])?.verdict).toBe('not-measured');
  });

  it('finds no published shape that its own figures contradict', () => {
    expect(judgeShapes(publishedClaims(), []).map(({ verdict }) => verdict)).toEqual(new Array(5).fill('not-measured'));
  });
});
