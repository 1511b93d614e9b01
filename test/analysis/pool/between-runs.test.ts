import { describe, expect, it } from 'vitest';
import { differencesBetweenRuns } from '../../../src/analysis/pool/between-runs.js';
import { poolRuns } from '../../../src/analysis/pool/pool-runs.js';
import { fUpperTail } from '../../../src/analysis/statistics/distributions.js';
import { summarise } from '../../../src/analysis/summary.js';
import { repeatsOf } from '../../support/compared-runs.js';
import { normal, uniform } from '../../support/noise.js';
import { partOf } from '../../support/pooled-runs.js';

/** Runs of one gateway with these rates; all else is the same in every repeat. */
function differencesOf(...runs: number[][]) {
  const parts = runs.map((rates, at) =>
    partOf(
      repeatsOf('nginx', rates, () => ({ p50Us: 61_000 })),
      { id: `run-${at}` },
    ),
  );
  const pool = poolRuns(parts);
  return differencesBetweenRuns(summarise(pool.run, pool.cells));
}

describe('fUpperTail', () => {
  it.each([
    [5.143, 2, 6, 0.05],
    [161.45, 1, 1, 0.05],
    [4.965, 1, 10, 0.05],
    [3.708, 3, 10, 0.05],
    [6.552, 3, 10, 0.01],
  ])('is as in the tables: F = %d with %d and %d degrees of freedom', (f, top, bottom, p) => {
    expect(fUpperTail(f, top, bottom)).toBeCloseTo(p, 3);
  });

  it('is 1 at 0', () => {
    expect(fUpperTail(0, 2, 6)).toBe(1);
  });
});

describe('differences between runs', () => {
  it('are told where runs differ by more than their repeats', () => {
    const [found, ...others] = differencesOf([800, 804, 796, 801], [850, 854, 846, 851]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ label: 'nginx', vus: 50, metric: 'rate' });
    expect(found?.means.map(({ runId, estimate }) => [runId, Math.round(estimate)])).toEqual([
      ['run-0', 800],
      ['run-1', 850],
    ]);
    expect(found?.adjustedP).toBeLessThan(1e-4);
  });

  it('are none where repeats differ as much', () => {
    expect(differencesOf([800, 850, 780], [810, 760, 845])).toEqual([]);
  });

  it('are none where they are smaller than what is rounded, however sure they are', () => {
    expect(differencesOf([800, 800.01, 799.99], [800.4, 800.41, 800.39])).toEqual([]);
  });

  it('can’t be told of single repeats, nor of one run', () => {
    expect(differencesOf([800], [900], [1000])).toEqual([]);
    expect(differencesOf([800, 900, 1000])).toEqual([]);
  });

  it('are told of at most one of twenty sets of runs that don’t differ', () => {
    const values = normal(uniform(11));
    const trials = 400;
    let wrong = 0;
    for (let trial = 0; trial < trials; trial++) {
      const run = () => Array.from({ length: 4 }, () => 800 * Math.exp(0.02 * values()));
      if (differencesOf(run(), run(), run()).length > 0) wrong++;
    }
    // Of seven metrics only one has noise here: a seventh of 5 % is expected, 3, and 10 is chance in one of 10,000 series.
    expect(wrong).toBeLessThanOrEqual(10);
  });
});
