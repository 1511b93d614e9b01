import { describe, expect, it } from 'vitest';
import { compareGateways } from '../../src/analysis/comparisons.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { intervalLevel } from '../../src/analysis/interval-level.js';
import { summarise } from '../../src/analysis/summary.js';
import { formatTargetState, targetStates } from '../../src/analysis/until-known.js';
import type { Until } from '../../src/model/until.js';
import { renderReport } from '../../src/report/report.js';
import { recordOf, runOf } from '../support/record-builder.js';

const UNTIL: Until = { targets: [{ metric: 'rate', halfWidthShare: 0.02 }], minRepeats: 3, maxRepeats: 10 };

function repeats(gateway: string, rates: readonly number[]) {
  return rates.map((ratePerSec, at) => recordOf({ gateway, vus: 50, repeat: at + 1, ratePerSec }));
}

function summaryOf(records: ReturnType<typeof repeats>, until: Until | null) {
  const run = runOf(records, { until });
  return { run, summaries: summarise(run, deriveRun(records)) };
}

describe('a run that goes on until its figures are known', () => {
  const records = [...repeats('a', [1030, 1040, 1025, 1029]), ...repeats('b', [1000, 1004, 1001, 1003])];

  it('has wider intervals, because they are looked at again and again', () => {
    const rate = (until: Until | null) => summaryOf(records, until).summaries[0]?.levels[0]?.intervals.rate;
    const [fixed, sequential] = [rate(null), rate(UNTIL)];
    expect(sequential?.estimate).toBe(fixed?.estimate);
    expect(sequential?.high).toBeGreaterThan(fixed?.high ?? Number.POSITIVE_INFINITY);
    expect(intervalLevel({ until: UNTIL })).toBeGreaterThan(0.975);
    expect(intervalLevel({ until: null })).toBe(0.95);
  });

  it('needs more to call a difference one', () => {
    const pairOf = (until: Until | null) => {
      const { run, summaries } = summaryOf(records, until);
      return compareGateways(run, summaries).find(({ metric }) => metric === 'rate')?.pairs[0];
    };
    expect(pairOf(null)?.verdict.kind).toBe('difference');
    expect(pairOf(UNTIL)?.adjustedP).toBeGreaterThan(2 * (pairOf(null)?.adjustedP ?? 1));
  });

  it('says how far each gateway is, and what it would take', () => {
    const few = [...repeats('a', [1000, 1030, 970]), ...repeats('b', [1000, 1001, 999]), ...repeats('c', [1000, 1000])];
    const { run, summaries } = summaryOf(few, UNTIL);
    const states = targetStates(run, summaries);
    expect(states).toMatchObject([
      { label: 'a', reached: false },
      { label: 'b', reached: true, expectedMore: 0 },
      { label: 'c', reached: false, halfWidthShare: null, expectedMore: null },
    ]);
    const [a, , c] = states;
    expect(a && formatTargetState(a)).toMatch(/^a at 50 VUs: rate ± 1\d %, to be 2 %; about 1\d more repeats$/);
    expect(c && formatTargetState(c)).toBe('c at 50 VUs: rate too few repeats to trust, to be 2 %');
  });

  it('tells its reader so', () => {
    const render = (until: Until | null) =>
      renderReport({
        run: runOf(records, { until }),
        records,
        samplesByCell: new Map(),
        flames: [],
        claims: null,
      }).markdown();
    expect(render(UNTIL)).toContain('repeated confidence intervals: of 98.');
    expect(render(UNTIL)).toContain("--until 'rate:ci<=2%' --max-repeats 10");
    expect(render({ ...UNTIL, targets: [{ metric: 'rate', halfWidthShare: 0.5 }] })).toContain(
      'All 2 targets were reached.',
    );
    expect(render(null)).not.toContain('repeated confidence');
  });
});
