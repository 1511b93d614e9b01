import { describe, expect, it } from 'vitest';
import { runClasses } from '../../src/analysis/run-comparison/run-classes.js';
import { type TrendQuery, trendOf } from '../../src/analysis/trend.js';
import type { Outcome } from '../../src/model/record.js';
import { calibrationOf } from '../support/calibrations.js';
import { dayFacts, historyOf, historyRunOf, recordsOfDays, STEP_RATES, versionOfStep } from '../support/histories.js';
import { recordOf, runOf } from '../support/record-builder.js';

const RATE: TrendQuery = { label: 'kong', metric: 'rate' };

describe('trendOf', () => {
  it('finds where a new version is faster, by how much, and says what changed', () => {
    const [only] = trendOf(historyOf('kong', STEP_RATES, versionOfStep), RATE).classes;
    const [series] = only?.series ?? [];
    expect(only?.series).toHaveLength(1);
    expect(series).toMatchObject({ vus: 50, missingRuns: 0 });
    expect(series?.points).toHaveLength(20);
    expect(series?.points[0]).toMatchObject({ version: '1.0.0', repeats: 3, outcome: 'ok' });
    expect(series?.points[0]?.estimate).toBeCloseTo(1000, 0);
    expect(series?.points[0]?.interval?.low).toBeLessThan(1000);
    expect(series?.changes).toHaveLength(1);
    const [change] = series?.changes ?? [];
    expect(change).toMatchObject({ at: 10, better: true, machineCost: null });
    expect(change?.besides).toEqual(['kong: version was 1.0.0, is 1.1.0']);
    expect(change?.change.estimate).toBeCloseTo(0.101, 2);
    expect(change?.change.low).toBeGreaterThan(0.09);
    expect(change?.change.high).toBeLessThan(0.11);
    expect(series?.levels.map(({ from, to, estimate }) => [from, to, Math.round(estimate)])).toEqual([
      [0, 10, 1000],
      [10, 20, 1101],
    ]);
  });

  it('calls fewer requests a second worse, and fewer CPU microseconds better', () => {
    const classes = historyOf('kong', STEP_RATES.toReversed(), (day) => ({
      tree: { cpuUsPerRequest: day <= 10 ? 350 : 300 },
    }));
    const changeOf = (metric: TrendQuery['metric']) =>
      trendOf(classes, { ...RATE, metric }).classes[0]?.series[0]?.changes[0];
    expect(changeOf('rate')?.better).toBe(false);
    expect(changeOf('cpuUsPerRequest')?.better).toBe(true);
  });

  it('says how many runs are missing before a change can be told', () => {
    const [series] = trendOf(historyOf('kong', [...STEP_RATES.slice(7, 13)]), RATE).classes[0]?.series ?? [];
    expect(series).toMatchObject({ missingRuns: 2, changes: [] });
    expect(series?.levels).toHaveLength(1);
  });

  it('keeps runs without a trusted figure in their place, and counts them for nothing', () => {
    const classes = historyOf('kong', STEP_RATES, (day) =>
      day === 5 ? { outcome: { kind: 'invalid', reasons: ['stolen'] } } : versionOfStep(day),
    );
    const [series] = trendOf(classes, RATE).classes[0]?.series ?? [];
    expect(series?.points[4]).toMatchObject({ estimate: null, repeats: 0, outcome: 'invalid' });
    expect(series?.points).toHaveLength(20);
    expect(series?.changes.map(({ at }) => at)).toEqual([10]);
  });

  it('calls no change that two measurements of one gateway differ by', () => {
    const changes = (floorShare: number) =>
      trendOf(historyOf('kong', STEP_RATES, undefined, floorShare), RATE).classes[0]?.series[0]?.changes;
    expect(changes(0.05)).toHaveLength(1);
    expect(changes(0.15)).toHaveLength(0);
  });

  it('looks for changes within a class of runs that compare only', () => {
    const machine = { ...runOf([]).machine, hostname: 'other' };
    const runs = recordsOfDays('kong', STEP_RATES).map((records, at) =>
      historyRunOf(records, { ...dayFacts(at + 1), ...(at >= 10 ? { machine } : {}) }),
    );
    const { classes } = trendOf(runClasses(runs), RATE);
    expect(classes.map(({ class: { name }, series }) => [name, series[0]?.points.length])).toEqual([
      ['A', 10],
      ['B', 10],
    ]);
    expect(classes.flatMap(({ series }) => series.flatMap(({ changes }) => changes))).toEqual([]);
  });

  it('says what the machine did to the same work', () => {
    const runs = recordsOfDays('kong', STEP_RATES, (day) => {
      const calibration = calibrationOf({ branches: day <= 10 ? 6 : 6.6 });
      return { calibration: { before: calibration, after: null } };
    }).map((records, at) => historyRunOf(records, dayFacts(at + 1)));
    const [change] = trendOf(runClasses(runs), RATE).classes[0]?.series[0]?.changes ?? [];
    // 10 % more of a kernel that weighs 0.15 of all.
    expect(change?.machineCost).toBeCloseTo(1.1 ** 0.15, 3);
  });

  it('shows the VUs that are asked for, and crashes as what they are', () => {
    const crash: Outcome = {
      kind: 'crashed',
      exitCode: 1,
      signal: null,
      phase: 'window',
      atS: 3,
      reason: 'it ended',
      logTail: [],
    };
    const runs = [1, 2].map((day) =>
      historyRunOf(
        [50, 150].map((vus) => recordOf({ gateway: 'kong', vus, ...(vus === 150 ? { outcome: crash } : {}) })),
        dayFacts(day),
      ),
    );
    const shown = (vus?: number[]) => trendOf(runClasses(runs), { ...RATE, vus }).classes[0]?.series;
    expect(shown()?.map((series) => series.vus)).toEqual([50, 150]);
    expect(shown([150])?.map(({ points }) => points.map(({ outcome }) => outcome))).toEqual([['crashed', 'crashed']]);
    expect(shown([7])).toBeUndefined();
  });
});
