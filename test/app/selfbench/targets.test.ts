import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/app/selfbench/figures.js';
import { judgeTargets } from '../../../src/app/selfbench/targets.js';
import { aTrial, measured, rowsOf } from './rows.js';

function verdictOf(rows: Row[], what: RegExp) {
  const found = judgeTargets(rows).filter((target) => what.test(target.what));
  expect(found, String(what)).toHaveLength(1);
  return found[0];
}

describe('targets', () => {
  it('judges the engine’s CPU by its ratio, the bound included', () => {
    const at = (engineCpuUs: number) =>
      verdictOf(
        rowsOf(measured({}, { engineCpuUs }), measured({ engine: 'autocannon' }, { engineCpuUs: 40 })),
        /engine CPU.*autocannon/,
      );
    expect(at(18)).toMatchObject({ verdict: 'reached', bound: '≤ 0.45', measured: '0.45 (18.0 of 40.0 µs)' });
    expect(at(18.1)?.verdict).toBe('missed');
  });

  it('judges the mock’s CPU by its peers under the same engine', () => {
    const rows = rowsOf(
      measured({}, { upstreamCpuUs: 12 }),
      measured({ upstream: 'node-http' }, { upstreamCpuUs: 30 }),
      measured({ upstream: 'go' }, { upstreamCpuUs: 10 }),
      measured({ upstream: 'go', engine: 'wrk' }, { upstreamCpuUs: 1_000 }),
    );
    expect(verdictOf(rows, /mock CPU.*node:http/)).toMatchObject({ verdict: 'reached' });
    expect(verdictOf(rows, /mock CPU.*Go/)).toMatchObject({ verdict: 'missed', measured: '1.20 (12.0 of 10.0 µs)' });
  });

  it('wants a rate to be high where the bound is the least', () => {
    const rows = rowsOf(
      measured({ vus: 5000 }, { ratePerSec: 20_000 }),
      measured({ vus: 5000, engine: 'wrk' }, { ratePerSec: 20_001 }),
      measured({ vus: 50, latency: '0s' }, { ratePerSec: 30_000 }),
      measured({ vus: 50, latency: '0s', upstream: 'node-http' }, { ratePerSec: 20_000 }),
    );
    expect(verdictOf(rows, /RPS, 5,000/)?.verdict).toBe('missed');
    expect(verdictOf(rows, /mock RPS/)).toMatchObject({ verdict: 'reached', measured: '1.50 (30,000 of 20,000 RPS)' });
  });

  it.each([
    [59_599, 'missed'],
    [59_600, 'reached'],
    [60_400, 'reached'],
    [60_401, 'missed'],
  ])('judges a p50 of %s us at 50 VUs: %s', (p50Us, verdict) => {
    expect(verdictOf(rowsOf(measured({ vus: 50 }, { p50Us })), /p50, 50 VUs/)?.verdict).toBe(verdict);
  });

  it('judges the direct run at 1,000 VUs on rate, p50 and failures of any round', () => {
    const rows = rowsOf(
      measured({}, { ratePerSec: 16_199, p50Us: 60_500, failed: 0 }, 1),
      measured({}, { ratePerSec: 16_199, p50Us: 60_500, failed: 1 }, 2),
    );
    expect(verdictOf(rows, /direct RPS, 1,000/)?.verdict).toBe('missed');
    expect(verdictOf(rows, /p50, 1,000/)?.verdict).toBe('reached');
    expect(verdictOf(rows, /failed requests, 1,000/)).toMatchObject({ verdict: 'missed', measured: '1' });
  });

  it('allows each percentile 0.5 ms or 1 %, whichever is more', () => {
    const against = (measuredUs: number, trueUs: number) =>
      verdictOf(
        rowsOf(
          measured(
            { latency: 'lognormal(p50=60ms,p99=200ms)', vus: 300, againstTruth: true },
            {
              errors: [
                { q: 0.5, measuredUs: 60_000, trueUs: 60_000 },
                { q: 0.99, measuredUs, trueUs },
              ],
            },
          ),
        ),
        /lognormal/,
      );
    expect(against(10_500, 10_000)?.verdict).toBe('reached');
    expect(against(10_501, 10_000)?.verdict).toBe('missed');
    expect(against(202_000, 200_000)?.verdict).toBe('reached');
    expect(against(197_900, 200_000)).toMatchObject({ verdict: 'missed', measured: '0.00 ms, -2.10 ms' });
  });

  it.each(['autocannon', 'wrk', 'k6'])(
    'wants %s to agree with native at 50 VUs: 3 % of RPS, 0.5 ms of p50',
    (engine) => {
      const parity = (ratePerSec: number, p50Us: number) => {
        const rows = rowsOf(
          measured({ vus: 50 }, { ratePerSec: 1_000, p50Us: 60_500 }),
          measured({ vus: 50, engine }, { ratePerSec, p50Us }),
        );
        return [verdictOf(rows, new RegExp(`RPS of ${engine}`)), verdictOf(rows, new RegExp(`p50 of ${engine}`))];
      };
      expect(parity(970, 60_000)).toMatchObject([
        { verdict: 'reached', bound: '1 ± 0.03', measured: '0.97 (970 of 1,000 RPS)' },
        { verdict: 'reached', bound: '± 0.5 ms', measured: '-0.50 ms (60.00 to 60.50 ms)' },
      ]);
      expect(parity(1_030, 61_000)).toMatchObject([
        { verdict: 'reached' },
        { verdict: 'reached', measured: '+0.50 ms (61.00 to 60.50 ms)' },
      ]);
      expect(parity(969, 59_999).map((target) => target?.verdict)).toEqual(['missed', 'missed']);
      expect(parity(1_031, 61_001).map((target) => target?.verdict)).toEqual(['missed', 'missed']);
    },
  );

  it('says why it can’t judge, and never that a target was reached for want of a figure', () => {
    expect(judgeTargets([]).every(({ verdict }) => verdict === 'unknown')).toBe(true);
    const rows = rowsOf(
      measured({}),
      measured({ vus: 5000 }, { balanced: null }),
      measured({ engine: 'autocannon' }, { engineCpuUs: null }),
      { round: 1, trial: aTrial({ engine: 'k6' }), kind: 'failed', reason: 'it broke' },
    );
    for (const [what, why] of [
      [/engine CPU.*autocannon/, 'autocannon on mock 60ms at 1000 VUs has no such figure'],
      [/engine CPU.*k6/, 'k6 on mock 60ms at 1000 VUs could not be measured: it broke'],
      [/RPS, 5,000/, 'wrk on mock 60ms at 5000 VUs was not measured'],
      [/accounted for/, 'native on mock 60ms at 5000 VUs has no such figure'],
    ] as const) {
      expect(verdictOf(rows, what)).toMatchObject({ verdict: 'unknown', measured: why });
    }
  });
});
