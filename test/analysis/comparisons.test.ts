import { describe, expect, it } from 'vitest';
import { compareGateways, type LevelComparison } from '../../src/analysis/comparisons.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { MetricName } from '../../src/model/metric.js';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import { calibrationOf } from '../support/calibrations.js';
import { type CellFacts, recordOf, runOf } from '../support/record-builder.js';

function compared(records: CellRecord[], facts: Partial<Run> = {}, floor: number | null = null): LevelComparison[] {
  const run = runOf(records, facts);
  return compareGateways(run, summarise(run, deriveRun(records)), () => floor);
}

/** By metric, at the only VU level. */
function at(metric: MetricName, levels: readonly LevelComparison[]): LevelComparison {
  const level = levels.find((each) => each.metric === metric);
  if (level === undefined) throw new Error(`no ${metric}`);
  return level;
}

/** A gateway's repeats at 50 VUs with these rates. */
function repeats(gateway: string, rates: readonly number[], more: (repeat: number) => Partial<CellFacts> = () => ({})) {
  return rates.map((ratePerSec, index) =>
    recordOf({ gateway, vus: 50, repeat: index + 1, ratePerSec, ...more(index + 1) }),
  );
}

describe('compareGateways', () => {
  const fast = [1030, 1133, 927, 1028, 1031];
  const slow = [1000, 1100, 900, 1000, 1000];

  it('takes pairs within a block, so that what the machine did to both cancels', () => {
    const { pairs, ranks } = at('rate', compared([...repeats('slow', slow), ...repeats('fast', fast)]));
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({ a: 'fast', b: 'slow', blocks: 5, verdict: { kind: 'difference', better: 'a' } });
    expect(pairs[0]?.ratio?.estimate).toBeCloseTo(1.03, 3);
    expect(pairs[0]?.ratio?.low).toBeGreaterThan(1.028);
    expect(ranks).toEqual([
      { label: 'fast', best: 1, worst: 1 },
      { label: 'slow', best: 2, worst: 2 },
    ]);
  });

  it('calls what holds 1 no difference, gives a shared rank, and says what it would take', () => {
    const level = at('rate', compared([...repeats('a', [1000, 1040, 960]), ...repeats('b', [1010, 990, 1000])]));
    expect(level.pairs[0]?.verdict).toMatchObject({ kind: 'none', because: 'interval' });
    const verdict = level.pairs[0]?.verdict;
    expect(verdict?.kind === 'none' && verdict.repeatsNeeded).toBeGreaterThan(10);
    expect(level.ranks.map(({ best, worst }) => [best, worst])).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('has fewer milliseconds and bytes for the better', () => {
    const tree = (cpuUsPerRequest: number) => ({ tree: { cpuUsPerRequest } });
    const levels = compared([
      ...repeats('dear', slow, () => ({ p50Us: 70_000, ...tree(500) })),
      ...repeats('cheap', slow, (repeat) => ({ p50Us: 61_000 + 20 * repeat, ...tree(300 + repeat) })),
    ]);
    for (const metric of ['p50', 'p99', 'cpuUsPerRequest'] as const) {
      const level = at(metric, levels);
      expect(level.ranks[0]).toEqual({ label: 'cheap', best: 1, worst: 1 });
      expect(level.pairs[0]).toMatchObject({ a: 'cheap', verdict: { kind: 'difference', better: 'a' } });
      expect(level.pairs[0]?.ratio?.estimate).toBeLessThan(1);
    }
    // The same memory in every repeat.
    expect(at('rss', levels).pairs[0]?.verdict).toMatchObject({ kind: 'none', because: 'interval', repeatsNeeded: 2 });
  });

  it('allows for many pairs: what one pair would be called, one of many isn’t', () => {
    // p of the pair alone is 0.03.
    const pair = [...repeats('a', [1020, 1032, 1008, 1012]), ...repeats('b', [1000, 1000, 1000, 1000])];
    expect(at('rate', compared(pair)).pairs[0]?.verdict.kind).toBe('difference');
    const others = ['c', 'd'].flatMap((name) => repeats(name, [960, 1060, 990, 1040]));
    const found = at('rate', compared([...pair, ...others])).pairs.find(({ a, b }) => a === 'a' && b === 'b');
    expect(found?.verdict).toMatchObject({ kind: 'none', because: 'multiplicity' });
  });

  it('calls nothing a difference that two measurements of one gateway differ by', () => {
    const records = [...repeats('slow', slow), ...repeats('fast', fast)];
    expect(at('rate', compared(records, {}, 0.02)).pairs[0]?.verdict.kind).toBe('difference');
    const level = at('rate', compared(records, {}, 0.04));
    expect(level.floorShare).toBe(0.04);
    expect(level.pairs[0]?.verdict).toMatchObject({ kind: 'none', because: 'floor' });
    // Rounding alone: the same in each repeat, and so without any spread.
    const rounded = [
      ...repeats('a', slow, () => ({ p50Us: 60_000 })),
      ...repeats('b', slow, () => ({ p50Us: 60_002 })),
    ];
    expect(at('p50', compared(rounded)).pairs[0]?.verdict).toMatchObject({ kind: 'none', because: 'floor' });
  });

  it('calls no difference what counting whole requests can’t tell, however often it is repeated', () => {
    // 330 and 332 requests in every window of 2 s: a VU has 33, or 34. No spread, so p is 0.
    const counted = (gateway: string, rate: number, vus: number) =>
      [1, 2, 3, 4, 5].map((repeat) => recordOf({ gateway, vus, repeat, ratePerSec: rate }));
    const few = at('rate', compared([...counted('a', 4.97, 10), ...counted('b', 5, 10)]));
    expect(few.pairs[0]).toMatchObject({ least: { of: 'counting' }, verdict: { kind: 'none', because: 'floor' } });
    const many = at('rate', compared([...counted('a', 4970, 10), ...counted('b', 5000, 10)]));
    expect(many.pairs[0]).toMatchObject({ least: { of: 'rounding' }, verdict: { kind: 'difference', better: 'a' } });
  });

  it('leaves direct, untrusted cells and single gateways out', () => {
    const untrusted = () => ({ outcome: { kind: 'invalid' as const, reasons: ['late'] } });
    const records = [...repeats('direct', fast), ...repeats('a', slow), ...repeats('b', fast, untrusted)];
    expect(compared(records)).toEqual([]);
    const half = repeats('c', fast, (repeat) => (repeat > 3 ? untrusted() : {}));
    expect(at('rate', compared([...records, ...half])).pairs).toMatchObject([{ a: 'c', b: 'a', blocks: 3 }]);
  });

  it('says nothing of gateways that share too few blocks', () => {
    const early = repeats('a', slow).slice(0, 3);
    const late = repeats('b', slow).slice(2);
    expect(at('rate', compared([...early, ...late])).pairs[0]).toMatchObject({
      blocks: 1,
      ratio: null,
      verdict: { kind: 'unknown', reason: '1 common blocks are too few: 3 are needed' },
    });
  });

  it('compares only what was measured before a change of the run, or after it', () => {
    const { harness, machine, engine } = runOf([]);
    const changed: Partial<Run> = {
      changes: [
        {
          at: '2026-04-01T12:00:00.000Z',
          changed: ['gatebench: commit was a, is b'],
          cellsBefore: [],
          conditions: { harness, machine, engine, basis: null },
        },
      ],
    };
    const records = [...repeats('a', [1, 1, 1000, 1010, 990]), ...repeats('b', [9, 9, 2000, 2020, 1980])].map(
      (record) => (record.cell.repeat > 2 ? { ...record, startedAt: '2026-04-01T13:00:00.000Z' } : record),
    );
    const [pair] = at('rate', compared(records, changed)).pairs;
    expect(pair).toMatchObject({ a: 'b', b: 'a', blocks: 3 });
    expect(pair?.ratio?.estimate).toBeCloseTo(2, 6);
  });

  it('takes Fieller’s ratio for overheads, and none where the other’s may be 0', () => {
    const direct = [60_000, 60_030, 59_970, 60_010];
    const above = (us: readonly number[]) => (repeat: number) => ({
      p50Us: (direct[repeat - 1] ?? 0) + (us[repeat - 1] ?? 0),
    });
    const rates = [800, 800, 800, 800];
    const records = [
      ...repeats('direct', rates, above([0, 0, 0, 0])),
      ...repeats('two', rates, above([2000, 2020, 1980, 2010])),
      ...repeats('one', rates, above([1000, 990, 1010, 1005])),
      ...repeats('none', rates, above([-300, 400, 10, -200])),
    ];
    const { pairs, ranks } = at('overheadP50', compared(records));
    const found = pairs.find(({ a, b }) => a === 'one' && b === 'two');
    expect(found?.ratio?.estimate).toBeCloseTo(0.5, 2);
    expect(found?.verdict).toMatchObject({ kind: 'difference', better: 'a' });
    expect(ranks.map(({ label }) => label)).toEqual(['none', 'one', 'two']);
    const turned = compared(records.filter(({ cell }) => cell.gateway !== 'two'));
    expect(at('overheadP50', turned).pairs[0]).toMatchObject({ a: 'none', b: 'one' });
  });

  it('shows beside the raw ratio what it is at equal speed of the machine before each cell', () => {
    // The CPU per request of both follows the machine exactly; b's cells happened to find it slower.
    const slowness = { a: [1, 1.02, 1.01, 1, 1.03], b: [1.08, 1.01, 1.06, 1.04, 1.1] };
    const cells = (gateway: 'a' | 'b', cpuUs: number) =>
      repeats(gateway, slow, (repeat) => {
        const factor = slowness[gateway][repeat - 1] ?? 1;
        const kernels = {
          branches: 6 * factor,
          chaseL2: 4 * factor,
          systemCall: 150 * factor,
          loopback: 18_000 * factor,
        };
        const all = {
          ...kernels,
          integer: 1.1 * factor,
          chaseL3: 18 * factor,
          chaseMemory: 110 * factor,
          pageFault: 700 * factor,
        };
        return {
          tree: { cpuUsPerRequest: cpuUs * factor },
          // What comes after must not matter.
          calibration: {
            before: calibrationOf(all),
            after: calibrationOf({ systemCall: 150 * (gateway === 'a' ? 2 : 1) }),
          },
          outcome: { kind: 'ok' },
        };
      });
    const records = deriveRun([...cells('a', 300), ...cells('b', 300)]).map((cell) => ({
      ...cell,
      outcome: { kind: 'ok' as const },
    }));
    const levels = compareGateways(runOf(records), summarise(runOf(records), records));
    const [pair] = at('cpuUsPerRequest', levels).pairs;
    expect(pair?.ratio?.estimate).toBeLessThan(0.97);
    expect(pair?.controlled?.estimate).toBeCloseTo(1, 8);
    expect(pair?.controlled).toMatchObject({ df: 3, n: 5 });
    expect(pair?.controlled?.slope).toBeCloseTo(1, 8);
  });
});
