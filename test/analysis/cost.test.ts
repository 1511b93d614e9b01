import { describe, expect, it } from 'vitest';
import { gatewayCosts, priceOf, useOf } from '../../src/analysis/cost.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { GatewayFootprint } from '../../src/model/footprint.js';
import type { CellRecord } from '../../src/model/record.js';
import { aFootprint, ROUND_PRICES } from '../support/footprints.js';
import { type CellFacts, recordOf, runOf } from '../support/record-builder.js';

const [ROUND] = ROUND_PRICES.machines;
const GIB = 2 ** 30;

/** Half a core and 2 GiB at 1,000 requests a second. */
const HALF_A_CORE: CellFacts = {
  gateway: 'ferro',
  vus: 50,
  ratePerSec: 1000,
  tree: { cpuPercentMean: 50, pssBytesMax: 2 * GIB, rssBytesMax: 3 * GIB },
};

function derived(facts: CellFacts) {
  const [cell] = deriveRun([recordOf(facts)]);
  if (cell === undefined) throw new Error('no cell');
  return cell;
}

function costsOf(records: CellRecord[], footprints: GatewayFootprint[] = []) {
  const run = runOf(records);
  return gatewayCosts(run, summarise(run, deriveRun(records)), ROUND_PRICES, footprints);
}

describe('what a cell used', () => {
  it('is CPU and memory for as long as a million requests take', () => {
    // A million take 1,000 s: 500 s of CPU, and 2 GiB for 1,000 / 3,600 hours.
    const use = useOf(derived(HALF_A_CORE));
    expect(use?.cpuSPerMillion).toBeCloseTo(500, 9);
    expect(use?.ratePerSecPerCore).toBeCloseTo(2000, 9);
    expect(use?.gibHoursPerMillion).toBeCloseTo(2 / 3.6, 9);
    expect(use?.memory).toBe('PSS');
  });

  it('costs both at their prices', () => {
    const use = useOf(derived(HALF_A_CORE));
    if (use === null || ROUND === undefined) throw new Error('nothing was used');
    // 500 s at 0.00001, and 0.5556 GiB-hours at 0.0036.
    expect(priceOf(use, ROUND)).toBeCloseTo(0.005 + 0.002, 9);
  });

  it('counts all CPU for the successful requests alone', () => {
    const facts: CellFacts = { ...HALF_A_CORE, failed: { timeout: 30_000 } };
    expect(useOf(derived(facts))?.cpuSPerMillion).toBeCloseTo(500, 9);
    expect(useOf(derived({ ...facts, ratePerSec: 500 }))?.cpuSPerMillion).toBeCloseTo(1000, 9);
  });

  it('takes RSS where PSS could not be read, and no memory where neither could', () => {
    const rss = useOf(derived({ ...HALF_A_CORE, tree: { ...HALF_A_CORE.tree, pssBytesMax: null } }));
    expect(rss).toMatchObject({ memory: 'RSS' });
    expect(rss?.gibHoursPerMillion).toBeCloseTo(3 / 3.6, 9);
    const none = useOf(derived({ ...HALF_A_CORE, tree: { cpuPercentMean: 50, pssBytesMax: null, rssBytesMax: null } }));
    expect(none).toMatchObject({ memory: null, gibHoursPerMillion: null });
    if (none === null || ROUND === undefined) throw new Error('nothing was used');
    expect(priceOf(none, ROUND)).toBeNull();
  });

  it.each<[string, CellFacts]>([
    ['the direct baseline', { gateway: 'direct', vus: 50 }],
    ['a gateway whose CPU was not read', { gateway: 'ferro', vus: 50, tree: { cpuPercentMean: null } }],
    ['one whose CPU reads 0', { gateway: 'ferro', vus: 50, tree: { cpuPercentMean: 0 } }],
    ['one without a success', { gateway: 'ferro', vus: 50, ratePerSec: 0 }],
  ])('is not known of %s', (_, facts) => {
    expect(useOf(derived(facts))).toBeNull();
  });
});

describe('what a gateway costs', () => {
  const repeats = [1, 2, 3].map((repeat) =>
    recordOf({ ...HALF_A_CORE, repeat, tree: { ...HALF_A_CORE.tree, cpuPercentMean: 50 * 1.1 ** (repeat - 2) } }),
  );

  it('has an interval from three repeats on, around their geometric mean', () => {
    const level = costsOf(repeats)[0]?.levels[0];
    expect(level?.cpuSPerMillion.value).toBeCloseTo(500, 6);
    // t(0.975, 2) = 4.3027, the logarithms' standard deviation is ln 1.1.
    expect(level?.cpuSPerMillion.interval?.high).toBeCloseTo(
      500 * Math.exp((4.302_653 * Math.log(1.1)) / Math.sqrt(3)),
      2,
    );
    expect(level?.perMillion[0]).toMatchObject({ machine: 'Round', cost: { interval: { n: 3 } } });
    expect(level?.cellIds).toHaveLength(3);
    expect(costsOf(repeats.slice(0, 2))[0]?.levels[0]?.cpuSPerMillion.interval).toBeNull();
  });

  it('is of cells that can be trusted alone', () => {
    const untrusted = recordOf({
      ...HALF_A_CORE,
      vus: 150,
      outcome: { kind: 'invalid', reasons: ['late'] },
      tree: { cpuPercentMean: 1, rssBytesIdle: 1 },
    });
    const [cost] = costsOf([...repeats, untrusted]);
    expect(cost?.levels.map(({ vus }) => vus)).toEqual([50]);
    expect(cost?.idle).toMatchObject({ cells: 3 });
    expect(costsOf([untrusted])).toEqual([]);
  });

  it('has idle memory from all cells, whatever their VUs', () => {
    const records = [50, 150, 300].map((vus, at) =>
      recordOf({ gateway: 'ferro', vus, tree: { rssBytesIdle: 100 + at } }),
    );
    expect(costsOf(records)[0]?.idle.rssBytes?.interval?.n).toBe(3);
    expect(costsOf(records.slice(0, 2))[0]?.idle).toMatchObject({
      cells: 2,
      rssBytes: { value: 100.5, interval: null },
    });
  });

  it('leaves out the direct baseline', () => {
    expect(costsOf([recordOf({ gateway: 'direct', vus: 50 })])).toEqual([]);
  });
});

describe('a footprint', () => {
  const records = [recordOf(HALF_A_CORE)];

  it('is that of this gateway, its version and this machine, the latest of several', () => {
    const older = aFootprint({ measuredAt: '2026-04-01T00:00:00.000Z' });
    const newer = aFootprint({ measuredAt: '2026-04-03T00:00:00.000Z' });
    expect(costsOf(records, [older, newer, older])[0]?.footprint).toBe(newer);
  });

  it.each<[string, Partial<GatewayFootprint>]>([
    ['gateway', { gateway: 'kong' }],
    ['variant', { variant: 'workers' }],
    ['version', { version: '1.0.1' }],
    ['machine', { machine: { ...aFootprint().machine, hostname: 'other' } }],
    ['processor', { machine: { ...aFootprint().machine, cpuModel: null } }],
  ])('of another %s is none', (_, over) => {
    expect(costsOf(records, [aFootprint(over)])[0]?.footprint).toBeNull();
  });

  it('is found under the label by which the gateway is installed', () => {
    const run = runOf([recordOf({ ...HALF_A_CORE, variant: 'v1.0.0' })]);
    const summaries = summarise(run, deriveRun([recordOf({ ...HALF_A_CORE, variant: 'v1.0.0' })]));
    const found = (installedAs?: (label: string) => string) =>
      gatewayCosts(run, summaries, ROUND_PRICES, [aFootprint()], installedAs)[0]?.footprint;
    expect(found()).toBeNull();
    expect(found((label) => (label === 'ferro:v1.0.0' ? 'ferro' : label))).toEqual(aFootprint());
  });

  it('is shown of a gateway without a cell that can be trusted', () => {
    const failed = recordOf({ ...HALF_A_CORE, outcome: { kind: 'invalid', reasons: ['late'] } });
    expect(costsOf([failed], [aFootprint()])[0]).toMatchObject({ levels: [], idle: { cells: 0 }, footprint: {} });
  });
});
