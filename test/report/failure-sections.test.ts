import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../src/model/record.js';
import { renderReport } from '../../src/report/report.js';
import { recordOf, runOf } from '../support/record-builder.js';

function report(records: CellRecord[], over: { upstream?: object; request?: object } = {}) {
  const run = runOf(records);
  const { scenario } = run;
  return renderReport({
    run: {
      ...run,
      scenario: {
        ...scenario,
        upstream: { ...scenario.upstream, ...over.upstream },
        request: { ...scenario.request, ...over.request },
      },
    },
    records,
    samplesByCell: new Map(),
    flames: [],
    claims: null,
  });
}

const direct = recordOf({ gateway: 'direct', vus: 50, p50Us: 60_000 });
const base = recordOf({
  gateway: 'ferro',
  title: 'Ferro',
  vus: 50,
  p50Us: 61_000,
  failed: { http_5xx: 400, timeout: 20 },
  statusCodes: { 503: 390, 500: 10 },
});
const ferro: CellRecord = {
  ...base,
  mock: base.mock === null ? null : { ...base.mock, requests: 40_000, faults: { 503: 1800, stalled: 200 } },
  seconds: [
    { second: 15, phase: 'window', ok: 800, failed: 0, p50Us: 61_000, p99Us: 70_000 },
    { second: 16, phase: 'window', ok: 300, failed: 420, p50Us: 61_000, p99Us: 99_000 },
    { second: 17, phase: 'window', ok: 800, failed: 0, p50Us: 61_000, p99Us: 70_000 },
  ],
};
const upstream = { faults: ['503:0.05', 'stalled@1s..3s'], second: { latency: '90ms' } };

describe('the part about failures', () => {
  const { markdown, terminal, failuresCsv, json } = report([direct, ferro], { upstream });

  it('says what clients saw', () => {
    expect(markdown()).toContain('\n## Failures\n');
    expect(markdown()).toMatch(
      /\| Ferro 1\.0\.0 \| 50 \| +5\.00 % \| +0\.85 % \| +[\d.]+ \| +61\.0 \| +[\d.]+ \| +\\?\+1\.00 \| .*\| http\\?_5xx 400 \(500, 503\), timeout 20 +\|/,
    );
    expect(terminal({ colour: false })).toContain('Failures that clients saw');
  });

  it('says how long it took to recover', () => {
    expect(markdown()).toMatch(/\| Ferro 1\.0\.0 \| 50 \| stalled@1s\.\.3s \| +420 \| +1 \| /);
    expect(markdown()).toContain('The second upstream answers after 90ms, the first after 60ms');
  });

  it('is in the data too', () => {
    expect(failuresCsv).toMatch(/^ferro-v50-r1,ferro,default,50,1,503,injected,requests,1800$/m);
    expect(failuresCsv).toMatch(/,stalled@1s\.\.3s,good_again,s,1$/m);
    expect(JSON.parse(json).failures).toEqual(
      expect.arrayContaining([expect.objectContaining({ injected: 2000, injectedShare: 0.05 })]),
    );
  });

  it('says who refused wrong keys', () => {
    const cell = (name: string, requests: number): CellRecord => {
      const own = recordOf({ gateway: name, title: name, vus: 50 });
      return { ...own, mock: own.mock === null ? null : { ...own.mock, wholeLoad: { requests, completions: 0 } } };
    };
    const text = report([cell('ferro', 0), cell('nginx', 49_000)], { request: { keys: 'invalid' } }).markdown();
    expect(text).toMatch(/\| ferro 1\.0\.0 .*\| +gateway +\|/);
    expect(text).toMatch(/\| nginx 1\.0\.0 .*\| +upstream +\|/);
  });

  it('is not there in other scenarios', () => {
    const other = report([direct, ferro]);
    expect(other.markdown()).not.toContain('Failures');
    expect(other.failuresCsv).toBeNull();
    expect(JSON.parse(other.json)).not.toHaveProperty('failures');
  });
});
