import { describe, expect, it } from 'vitest';
import type { MeasuredRun } from '../../../src/analysis/claim-verdicts.js';
import {
  type ComparisonInput,
  compareRuns,
  type RunComparison,
} from '../../../src/analysis/run-comparison/compare-runs.js';
import { DEFAULT_TOLERANCES, parseTolerances } from '../../../src/analysis/run-comparison/tolerances.js';
import type { Outcome } from '../../../src/model/record.js';
import { measuredRunOf, repeatsOf } from '../../support/compared-runs.js';
import { normal, uniform } from '../../support/noise.js';
import { shareOf } from '../../support/simulation.js';

function compared(
  base: MeasuredRun | MeasuredRun[],
  head: MeasuredRun | MeasuredRun[],
  more: Partial<ComparisonInput> = {},
) {
  return compareRuns({
    base: [base].flat(),
    head: [head].flat(),
    method: 'repeats',
    between: null,
    acrossMachines: false,
    tolerances: DEFAULT_TOLERANCES,
    ...more,
  });
}

function metricIn({ cells }: RunComparison, name: string, at = 0) {
  const metric = cells[at]?.metrics.find(({ metric }) => metric === name);
  if (metric === undefined) throw new Error(`no ${name}`);
  return metric;
}

const crash: Outcome = {
  kind: 'crashed',
  exitCode: 1,
  signal: null,
  phase: 'window',
  atS: 3,
  reason: 'exit',
  logTail: [],
};

const rates = [1000, 1004, 996, 1001, 999];
const scaled = (factor: number) => rates.map((rate) => rate * factor);

describe('compareRuns', () => {
  it('calls worse what is worse by more than the tolerance for sure', () => {
    const result = compared(measuredRunOf(repeatsOf('a', rates)), measuredRunOf(repeatsOf('a', scaled(0.9))));
    expect(result.verdict).toBe('worse');
    const rate = metricIn(result, 'rate');
    expect(rate).toMatchObject({ verdict: { kind: 'worse' }, decides: true, tolerance: 'rate<-3%', base: { n: 5 } });
    expect(rate.change?.estimate).toBeCloseTo(-0.1, 10);
    expect(rate.change?.low).toBeLessThan(-0.1);
    expect(rate.change?.high).toBeGreaterThan(-0.11);
    // All else is equal.
    expect(metricIn(result, 'p99').verdict.kind).toBe('same');
  });

  it('takes a fall within the tolerance for the same, and a rise for better, however small', () => {
    const base = measuredRunOf(repeatsOf('a', rates));
    expect(compared(base, measuredRunOf(repeatsOf('a', scaled(0.985))))).toMatchObject({ verdict: 'same' });
    expect(compared(base, measuredRunOf(repeatsOf('a', scaled(1.015))))).toMatchObject({ verdict: 'better' });
  });

  it('has fewer milliseconds and bytes for the better', () => {
    const of = (factor: number) =>
      measuredRunOf(
        repeatsOf('a', rates, (repeat) => ({
          p50Us: 60_000 * factor + repeat,
          tree: { cpuUsPerRequest: 300 * factor + 0.1 * repeat, rssBytesMax: 2 ** 26 * factor + 1000 * repeat },
        })),
      );
    for (const name of ['p50', 'p99', 'cpuUsPerRequest', 'rss']) {
      expect(metricIn(compared(of(1), of(1.3)), name).verdict.kind).toBe('worse');
      expect(metricIn(compared(of(1), of(0.8)), name).verdict.kind).toBe('better');
    }
  });

  it('says what it would take where the interval holds the tolerance', () => {
    const noisy = [1000, 1100, 900, 1050, 950];
    const result = compared(measuredRunOf(repeatsOf('a', noisy)), measuredRunOf(repeatsOf('a', [...noisy].reverse())));
    expect(result.verdict).toBe('inconclusive');
    const { verdict } = metricIn(result, 'rate');
    expect(verdict).toMatchObject({ kind: 'inconclusive', because: 'interval', maybeWorse: true });
    expect(verdict.kind === 'inconclusive' && verdict.repeatsNeeded).toBeGreaterThan(50);
  });

  it('passes what may be better and can’t be worse', () => {
    const result = compared(
      measuredRunOf(repeatsOf('a', [1000, 1150, 1020, 1100, 1010])),
      measuredRunOf(repeatsOf('a', [1200, 1100, 1290, 1120, 1240])),
      { tolerances: parseTolerances(['rate<-5%']) },
    );
    expect(['better', 'same']).toContain(result.verdict);
    const { verdict } = metricIn(result, 'rate');
    expect(verdict.kind === 'inconclusive' ? verdict.maybeWorse : false).toBe(false);
  });

  it('knows nothing of fewer than three repeats', () => {
    const result = compared(measuredRunOf(repeatsOf('a', [1000, 1000])), measuredRunOf(repeatsOf('a', [500, 500])));
    expect(result.verdict).toBe('inconclusive');
    expect(metricIn(result, 'rate')).toMatchObject({ change: null, verdict: { because: 'few', repeatsNeeded: 3 } });
  });

  it('doesn’t pass what nobody measured: cells that can’t be trusted on either side, and metrics that no cell has', () => {
    const invalid = () => ({ outcome: { kind: 'invalid' as const, reasons: ['late'] } });
    const untrusted = measuredRunOf(repeatsOf('a', rates, invalid));
    expect(compared(untrusted, untrusted)).toMatchObject({ verdict: 'inconclusive', cells: [{ outcome: null }] });
    const blind = measuredRunOf(repeatsOf('a', rates, () => ({ tree: null })));
    const result = compared(blind, blind, { tolerances: parseTolerances(['rate<-3%', 'rss>+10%']) });
    expect(result.verdict).toBe('inconclusive');
    expect(metricIn(result, 'rss')).toMatchObject({ base: null, head: null, verdict: { because: 'few' } });
    // What doesn't decide is left out.
    expect(result.cells[0]?.metrics.some(({ metric }) => metric === 'cpuUsPerRequest')).toBe(false);
  });

  it('says which repeats count for nothing, and why', () => {
    const late = (repeat: number) =>
      repeat > 3 ? { outcome: { kind: 'invalid' as const, reasons: [`late by ${repeat} s`] } } : {};
    const result = compared(measuredRunOf(repeatsOf('a', rates)), measuredRunOf(repeatsOf('a', rates, late)));
    expect(result.cells[0]?.untrusted).toEqual({
      base: null,
      head: '2 of 5 repeats aren’t trusted: late by 4 s (and 1 other reason)',
    });
  });

  it('compares two gateways of one run in pairs, so that what the machine did cancels', () => {
    const drifting = [1000, 1300, 700, 900, 1200];
    const run = measuredRunOf([
      ...repeatsOf('a:base', drifting),
      ...repeatsOf(
        'a:head',
        drifting.map((rate, at) => rate * (0.9 + 0.002 * (at % 2))),
      ),
    ]);
    const between = ['a:base', 'a:head'] as const;
    const paired = compared(run, run, { method: 'blocks', between });
    expect(paired).toMatchObject({ verdict: 'worse', cells: [{ base: 'a:base', head: 'a:head', vus: 50 }] });
    // The same figures of two runs tell nothing.
    expect(compared(run, run, { between }).verdict).toBe('inconclusive');
  });

  it('leaves blocks out that only one of the two has', () => {
    const run = measuredRunOf([
      ...repeatsOf('a:base', rates),
      ...repeatsOf('a:head', rates, (repeat) =>
        repeat > 3 ? { outcome: { kind: 'invalid', reasons: ['late'] } } : {},
      ),
    ]);
    const result = compared(run, run, { method: 'blocks', between: ['a:base', 'a:head'] });
    expect(metricIn(result, 'rate')).toMatchObject({ base: { n: 3 }, head: { n: 3 } });
  });

  it('takes each of several runs for one value: what differs from run to run is in the interval', () => {
    const runs = [1, 1.08, 0.94].map((factor) => measuredRunOf(repeatsOf('a', scaled(factor))));
    const one = measuredRunOf(repeatsOf('a', scaled(0.93)));
    const result = compared(runs, one, { method: 'runs' });
    expect(metricIn(result, 'rate')).toMatchObject({
      base: { n: 3 },
      head: { n: 1 },
      verdict: { kind: 'inconclusive' },
    });
    // One of them alone would have called it.
    expect(compared(runs[0] ?? one, one).verdict).toBe('worse');
    const few = compared(runs.slice(0, 2), one, { method: 'runs' });
    expect(metricIn(few, 'rate').verdict).toMatchObject({ kind: 'inconclusive', because: 'few' });
  });

  it('shows direct, which decides nothing', () => {
    const of = (factor: number) => measuredRunOf([...repeatsOf('direct', scaled(factor)), ...repeatsOf('a', rates)]);
    const result = compared(of(1), of(0.8));
    expect(result.verdict).toBe('same');
    expect(metricIn(result, 'rate', 0)).toMatchObject({ decides: false, verdict: { kind: 'worse' } });
  });

  it('calls a gateway worse that no longer works', () => {
    const base = measuredRunOf(repeatsOf('a', rates));
    const crashed = compared(base, measuredRunOf(repeatsOf('a', rates, () => ({ outcome: crash }))));
    expect(crashed).toMatchObject({
      verdict: 'worse',
      cells: [{ outcome: { verdict: 'worse', text: 'crashed in 5 of 5 repeats; in the base in none' }, metrics: [] }],
    });
    const once = compared(
      base,
      measuredRunOf(repeatsOf('a', rates, (repeat) => (repeat === 2 ? { outcome: crash } : {}))),
    );
    expect(once).toMatchObject({ verdict: 'inconclusive', cells: [{ outcome: { verdict: 'inconclusive' } }] });
    const failed: Outcome = { kind: 'failed', stage: 'ready', error: 'no answer', logTail: [] };
    expect(compared(base, measuredRunOf(repeatsOf('a', rates, () => ({ outcome: failed })))).verdict).toBe('worse');
    // The mock's failure is not the gateway's.
    const other: Outcome = { ...failed, stage: 'mock' };
    expect(compared(base, measuredRunOf(repeatsOf('a', rates, () => ({ outcome: other })))).verdict).toBe(
      'inconclusive',
    );
    // And back again.
    const mended = compared(measuredRunOf(repeatsOf('a', rates, () => ({ outcome: crash }))), base);
    expect(mended).toMatchObject({ verdict: 'better', cells: [{ outcome: { verdict: 'better' } }] });
  });

  it('calls a gateway worse whose requests fail, which no percentile shows', () => {
    const base = measuredRunOf(repeatsOf('a', rates));
    const failing = measuredRunOf(
      repeatsOf('a', rates, () => ({ failed: { http_5xx: 3000 }, statusCodes: { 502: 3000 } })),
    );
    expect(compared(base, failing)).toMatchObject({
      verdict: 'worse',
      cells: [
        {
          outcome: {
            verdict: 'worse',
            text: expect.stringMatching(/^4\.\d+ % to 4\.\d+ % of the requests failed; in the base 0 %$/),
          },
        },
      ],
    });
  });

  it('doesn’t pass what the head should have measured, and names what only one side has', () => {
    const base = measuredRunOf([...repeatsOf('a', rates), ...repeatsOf('b', rates)]);
    const skipped = { kind: 'skipped', reason: 'not installed' } as const;
    const head = measuredRunOf([...repeatsOf('a', rates), ...repeatsOf('b', rates, () => ({ outcome: skipped }))]);
    expect(compared(base, head)).toMatchObject({ verdict: 'inconclusive', unmeasured: ['b at 50 VUs'] });
    const other = measuredRunOf([...repeatsOf('a', rates), ...repeatsOf('c', rates)]);
    expect(compared(base, other)).toMatchObject({
      verdict: 'same',
      unmatched: { base: ['b at 50 VUs'], head: ['c at 50 VUs'] },
    });
  });

  it('lets only the metrics decide that have a tolerance', () => {
    const base = measuredRunOf(repeatsOf('a', rates));
    const head = measuredRunOf(repeatsOf('a', scaled(0.5)));
    const result = compared(base, head, { tolerances: parseTolerances(['p99>+5%']) });
    expect(result.verdict).toBe('same');
    expect(metricIn(result, 'rate')).toMatchObject({ decides: false, verdict: { kind: 'worse' } });
  });

  it('allows for the noise floor of the machine', () => {
    const base = measuredRunOf(repeatsOf('a', rates));
    const head = measuredRunOf(repeatsOf('a', scaled(0.93)));
    expect(compared(base, head).verdict).toBe('worse');
    expect(compared(base, head, { floorOf: () => 0.1 }).verdict).toBe('same');
  });

  it('compares two machines by what is beside direct, and by shapes', () => {
    const of = (machine: number, gateway: number) =>
      measuredRunOf([
        ...repeatsOf('direct', scaled(machine)),
        ...repeatsOf('a', scaled(machine * gateway), (repeat) => ({ p50Us: 60_000 / machine + repeat })),
      ]);
    const same = compared(of(1, 0.8), of(3, 0.8), { acrossMachines: true });
    expect(same.cells.map(({ base }) => base)).toEqual(['a']);
    expect(metricIn(same, 'rate')).toMatchObject({ title: 'rate / direct', verdict: { kind: 'same' } });
    expect(metricIn(same, 'rate').base?.estimate).toBeCloseTo(0.8, 10);
    expect(same.cells[0]?.metrics.map(({ metric }) => metric)).toEqual(['rate', 'p50', 'p95', 'p99']);
    expect(metricIn(compared(of(1, 0.8), of(3, 0.6), { acrossMachines: true }), 'rate').verdict.kind).toBe('worse');
  });
});

describe('compareRuns, by simulation', () => {
  /** Many equal gateways in two runs: shares of comparisons with each verdict. */
  function falseWorse(tolerance: string, effect: number, trials: number): number {
    const z = normal(uniform(71));
    const names = ['a', 'b', 'c', 'd'];
    const draw = (factor: number) =>
      measuredRunOf(
        names.flatMap((name) =>
          repeatsOf(
            name,
            Array.from({ length: 5 }, () => 1000 * factor * Math.exp(0.02 * z())),
          ),
        ),
      );
    const tolerances = parseTolerances([tolerance]);
    return shareOf(trials, () => compared(draw(1), draw(effect), { tolerances }).verdict === 'worse');
  }

  it('calls any of four equal gateways worse in at most 2.5 % of comparisons, also where all are worse by the tolerance', () => {
    expect(falseWorse('rate<-0.1%', 1, 400)).toBeLessThan(0.05);
    expect(falseWorse('rate<-3%', 0.97, 400)).toBeLessThan(0.05);
  });

  it('sees what is far beyond the tolerance', () => {
    expect(falseWorse('rate<-3%', 0.9, 100)).toBeGreaterThan(0.95);
  });
});
