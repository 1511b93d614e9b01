import { describe, expect, it } from 'vitest';
import { median } from '../../../src/app/selfbench/median-rows.js';
import { aTrial, measured, rowsOf } from './rows.js';

describe('medians', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[null, 5, null], 5],
    [[null], null],
    [[], null],
  ])('of %j is %s', (values, expected) => expect(median(values)).toBe(expected));
});

describe('rows of rounds', () => {
  it('puts the rounds of a trial together, in the order in which the trials came', () => {
    const rows = rowsOf(
      measured({ engine: 'wrk' }, { ratePerSec: 10 }, 1),
      measured({ engine: 'native' }, { ratePerSec: 1, engineCpuUs: 12, failed: 1 }, 1),
      measured({ engine: 'native' }, { ratePerSec: 3, engineCpuUs: 10, failed: 2 }, 2),
      measured({ engine: 'wrk' }, { ratePerSec: 30 }, 2),
      measured({ engine: 'wrk' }, { ratePerSec: 20 }, 3),
      measured({ engine: 'native' }, { ratePerSec: 2, engineCpuUs: 11, failed: 0 }, 3),
    );
    expect(rows.map(({ trial }) => trial.engine)).toEqual(['wrk', 'native']);
    expect(rows.map(({ figures }) => figures?.ratePerSec)).toEqual([20, 2]);
    expect(rows[1]?.figures).toMatchObject({ engineCpuUs: 11, failed: 3 });
    expect(rows[1]?.spread.engineCpu).toBeCloseTo(2 / 11);
  });

  it('does not mix trials that differ in VUs, latency or upstream', () => {
    expect(
      rowsOf(
        measured({ vus: 50 }),
        measured({ vus: 300 }),
        measured({ vus: 50, latency: '0s' }),
        measured({ vus: 50, latency: '0s', upstream: 'nginx' }),
      ),
    ).toHaveLength(4);
  });

  it('says that books balance only where those of every round do, and nothing where one can’t tell', () => {
    const balancedOf = (...rounds: (boolean | null)[]) =>
      rowsOf(...rounds.map((balanced) => measured({}, { balanced })))[0]?.figures?.balanced;
    expect(balancedOf(true, true)).toBe(true);
    expect(balancedOf(true, false, null)).toBe(false);
    expect(balancedOf(true, null)).toBe(null);
  });

  it('keeps the reasons of rounds that failed, and has no figures without any', () => {
    const [row] = rowsOf(
      { round: 1, trial: aTrial(), kind: 'failed', reason: 'it broke' },
      { round: 2, trial: aTrial(), kind: 'failed', reason: 'it broke' },
    );
    expect(row).toMatchObject({ measured: 0, figures: null, reasons: ['it broke'], spread: { rate: null } });
    const [mixed] = rowsOf(
      { round: 1, trial: aTrial(), kind: 'failed', reason: 'it broke' },
      measured({}, { ratePerSec: 5 }, 2),
    );
    expect(mixed).toMatchObject({ measured: 1, figures: { ratePerSec: 5 }, reasons: ['it broke'] });
  });

  it('shows of each percentile the round whose error is the middle one, as it was', () => {
    const rows = rowsOf(
      ...[3, -1, -2].map((off, index) =>
        measured({}, { errors: [{ q: 0.99, measuredUs: 100 * index + off, trueUs: 100 * index }] }, index + 1),
      ),
    );
    expect(rows[0]?.figures?.errors).toEqual([{ q: 0.99, measuredUs: 198, trueUs: 200 }]);
  });
});
