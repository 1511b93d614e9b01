import { describe, expect, it } from 'vitest';
import { compareGateways } from '../../src/analysis/comparisons.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { floorFor, noiseFloorOf, withFloor } from '../../src/analysis/noise-floor.js';
import { summarise } from '../../src/analysis/summary.js';
import { NoiseFloor } from '../../src/model/noise-floor.js';
import type { Run } from '../../src/model/run.js';
import { renderReport } from '../../src/report/report.js';
import { uniform } from '../support/noise.js';
import { recordOf, runOf } from '../support/record-builder.js';
import { simulatedRuns } from '../support/simulated-runs.js';
import { shareOf } from '../support/simulation.js';

const AA = { gateway: 'nginx', copy: 'nginx:again' };

function repeats(variant: string, rates: readonly number[], gateway = 'nginx') {
  return rates.map((ratePerSec, at) => recordOf({ gateway, variant, vus: 50, repeat: at + 1, ratePerSec }));
}

const records = [...repeats('default', [1000, 1010, 990]), ...repeats('again', [1005, 1000, 1002])];

function floorOf(facts: Partial<Run> = {}): NoiseFloor {
  const run = runOf(records, { aa: AA, ...facts });
  const floor = noiseFloorOf(run, compareGateways(run, summarise(run, deriveRun(records))));
  if (floor === null) throw new Error('no floor');
  return floor;
}

describe('the noise floor', () => {
  it('is the far end of the interval of what two labels of one gateway differ by', () => {
    const floor = floorOf();
    expect(NoiseFloor.parse(floor)).toEqual(floor);
    expect(floor).toMatchObject({ gateway: 'nginx', levels: [{ vus: 50, blocks: 3 }] });
    const run = runOf(records, { aa: AA });
    const rate = compareGateways(run, summarise(run, deriveRun(records))).find(({ metric }) => metric === 'rate');
    const { low = 0, high = 0 } = rate?.pairs[0]?.ratio ?? {};
    expect(floor.levels[0]?.shares.rate).toBeCloseTo(Math.max(high - 1, 1 / low - 1), 12);
    expect(floor.levels[0]?.shares.rate).toBeGreaterThan(0.01);
    expect(floor.levels[0]?.shares).not.toHaveProperty('overheadP50');
  });

  it('is none of an ordinary run, or of too few repeats', () => {
    const ordinary = runOf(records);
    expect(noiseFloorOf(ordinary, compareGateways(ordinary, summarise(ordinary, deriveRun(records))))).toBeNull();
    expect(noiseFloorOf(runOf(records, { aa: AA }), [])).toBeNull();
  });

  it('holds for runs under the same conditions, at the levels that were measured, and not for itself', () => {
    const floor = floorOf();
    const share = floor.levels[0]?.shares.rate;
    const run = runOf(records);
    expect(floorFor(run, [floor])('rate', 50)).toBe(share);
    expect(floorFor(run, [floor])('rate', 150)).toBeNull();
    expect(floorFor(run, [])('rate', 50)).toBeNull();
    expect(floorFor(runOf(records, { aa: AA }), [floor])('rate', 50)).toBeNull();
    const { machine, scenario } = run;
    const others: Partial<Run>[] = [
      { machine: { ...machine, hostname: 'another' } },
      { machine: { ...machine, kernel: '6.2.0' } },
      { engine: { name: 'wrk', version: '4' } },
      { scenario: { ...scenario, name: 'quick' } },
      { scenario: { ...scenario, upstream: { ...scenario.upstream, latency: '0ms' } } },
    ];
    for (const facts of others) expect(floorFor(runOf(records, facts), [floor])('rate', 50)).toBeNull();
  });

  it('holds for longer windows and not for shorter ones', () => {
    const floor = floorOf();
    const lasting = (durationS: number) => {
      const { scenario } = runOf(records);
      return runOf(records, { scenario: { ...scenario, load: { ...scenario.load, durationS } } });
    };
    expect(floorFor(lasting(120), [floor])('rate', 50)).not.toBeNull();
    expect(floorFor(lasting(30), [floor])('rate', 50)).toBeNull();
  });

  it('is the largest of several gateways’, and the latest of one', () => {
    const other = { ...floorOf(), gateway: 'litellm', levels: [{ vus: 50, blocks: 3, shares: { rate: 0.5 } }] };
    const both = withFloor([floorOf()], other);
    expect(both).toHaveLength(2);
    expect(floorFor(runOf(records), both)('rate', 50)).toBe(0.5);
    const newer = { ...other, runId: 'newer', levels: [{ vus: 50, blocks: 3, shares: { rate: 0.1 } }] };
    expect(withFloor(both, newer).map(({ runId }) => runId)).toEqual([floorOf().runId, 'newer']);
  });

  it('is respected by reports, which say so', () => {
    const pair = [...repeats('default', [1000, 1001, 999], 'a'), ...repeats('default', [1008, 1009, 1007], 'b')];
    const render = (noiseFloors: NoiseFloor[]) =>
      renderReport({
        run: runOf(pair),
        records: pair,
        samplesByCell: new Map(),
        flames: [],
        claims: null,
        noiseFloors,
      }).markdown();
    expect(render([])).toMatch(/^b is 0\.80 % faster than a \\\[/m);
    expect(render([])).toContain('noise floor was not measured');
    expect(render([floorOf()])).toMatch(/^b and a: no difference seen \(0\.8 % is within the noise floor of \d/m);
    expect(render([floorOf()])).not.toContain('noise floor was not measured');
  });

  it('is what the report of its own run is about', () => {
    const run = runOf(records, { aa: AA });
    const markdown = renderReport({ run, records, samplesByCell: new Map(), flames: [], claims: null }).markdown();
    expect(markdown).toContain('nginx:again is nginx once more');
    expect(markdown).toContain('gatebench setup nginx\n');
    expect(markdown).toContain('--aa nginx --vus 50');
  });
});

describe('200 simulated A/A pairs', () => {
  const machine = { rho: 0.8, machineSpread: 0.05 };

  it.each([3, 5, 10])('differ in at most a twentieth of cases, and in fewer with a floor, n %i', (repeatsEach) => {
    const draw = simulatedRuns({ rates: [1000, 1000], repeats: repeatsEach, noise: 0.02, machine }, uniform(61));
    const isDifferent = (floor: number | null) =>
      compareGateways({ until: null }, draw(), () => floor).some(({ pairs }) =>
        pairs.some(({ verdict }) => verdict.kind === 'difference'),
      );
    const floor = () => {
      const ratio = compareGateways({ until: null }, draw())[0]?.pairs[0]?.ratio;
      return ratio == null ? null : Math.max(ratio.high, 1 / ratio.low) - 1;
    };
    // Of 200 with a chance of 5 % each, more than 18 come once in a hundred times.
    expect(200 * shareOf(200, () => isDifferent(null))).toBeLessThanOrEqual(18);
    expect(200 * shareOf(200, () => isDifferent(floor()))).toBeLessThanOrEqual(10);
  });
});
