import { describe, expect, it } from 'vitest';
import { median } from '../../../src/analysis/median.js';
import { figuresOf } from '../../../src/app/selfbench/figures.js';
import type { LoadResult } from '../../../src/model/load.js';
import { aTrial, measured, rowsOf } from './rows.js';

function load(requests: Partial<LoadResult['requests']> = {}): LoadResult {
  return {
    wholeLoad: null,
    requests: {
      sent: 110,
      ok: 90,
      failed: { reset: 6, timeout: 4 },
      inFlightAtEnd: 10,
      inFlightAtStart: 0,
      statusCodes: {},
      ...requests,
    },
    windowS: 2,
    latencyUs: { count: 90, p50: 1, p90: 2, p95: 3, p99: 4, p999: 5, min: 1, mean: 1, max: 5, histogram: null },
    failedLatencyUs: null,
    meanResponseUs: null,
    meanInFlight: null,
    meanInBackOff: null,
    bytesReceived: null,
    seconds: [],
    eventLoopUtilisation: null,
    workers: 1,
    absent: {},
    connectUs: null,
    firstByteUs: null,
    failureExamples: [],
  };
}

describe('figures of a load', () => {
  it('counts successes as the rate, and CPU on every completion', () => {
    const figures = figuresOf(load(), { engineUsPerSec: 1_000, upstreamUsPerSec: null }, []);
    expect(figures).toMatchObject({ ratePerSec: 45, failed: 10, engineCpuUs: 20, upstreamCpuUs: null, p999Us: 5 });
  });

  it('knows whether every request is accounted for, or that it can’t be checked', () => {
    expect(figuresOf(load(), null, []).balanced).toBe(true);
    expect(figuresOf(load({ sent: 111 }), null, []).balanced).toBe(false);
    expect(figuresOf(load({ sent: null }), null, []).balanced).toBe(null);
  });

  it('has no CPU a request without a request, never 0', () => {
    const none = { ...load({ ok: 0, failed: {} }), latencyUs: null };
    const figures = figuresOf(none, { engineUsPerSec: 10, upstreamUsPerSec: 10 }, []);
    expect(figures).toMatchObject({ ratePerSec: 0, p50Us: null, engineCpuUs: null, upstreamCpuUs: null });
  });
});

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

  it('is balanced only if every round is, and unknown if one is', () => {
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
