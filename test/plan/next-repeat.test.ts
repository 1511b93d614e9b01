import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../src/model/record.js';
import type { Run } from '../../src/model/run.js';
import type { Until } from '../../src/model/until.js';
import { expectedRepeats, nextRepeat } from '../../src/plan/next-repeat.js';
import { type CellFacts, recordOf, runOf } from '../support/record-builder.js';

const UNTIL: Until = { targets: [{ metric: 'rate', halfWidthShare: 0.02 }], minRepeats: 3, maxRepeats: 10 };
const STEADY = [1000, 1001, 999, 1000, 1001];
const UNSTEADY = [1000, 1040, 960, 1030, 980];

function repeats(gateway: string, rates: readonly number[], facts: Partial<CellFacts> = {}): CellRecord[] {
  return rates.map((ratePerSec, at) => recordOf({ gateway, vus: 50, repeat: at + 1, ratePerSec, ...facts }));
}

function runUntil(records: readonly CellRecord[], until: Until | null = UNTIL): Run {
  return runOf(records, { until });
}

const named = (records: CellRecord[], until?: Until | null) =>
  nextRepeat(runUntil(records, until), records).cells.map(({ id }) => id);

describe('nextRepeat', () => {
  const three = (rates: readonly number[]) => rates.slice(0, 3);

  it('repeats only what isn’t known', () => {
    const records = [...repeats('a', three(STEADY)), ...repeats('b', three(UNSTEADY))];
    expect(named(records)).toEqual(['b-v50-r4']);
    expect(nextRepeat(runUntil(records), records).open).toMatchObject([{ label: 'b', metric: 'rate', reached: false }]);
  });

  it('is none where all is known, without a target, and after the last repeat that is allowed', () => {
    expect(named([...repeats('a', three(STEADY)), ...repeats('b', three(STEADY))])).toEqual([]);
    expect(named(repeats('b', three(UNSTEADY)), null)).toEqual([]);
    expect(named(repeats('b', UNSTEADY), { ...UNTIL, maxRepeats: 5 })).toEqual([]);
    expect(named(repeats('b', UNSTEADY), { ...UNTIL, maxRepeats: 6 })).toEqual(['b-v50-r6']);
  });

  it('takes direct along in every block that goes on, and in no other', () => {
    const direct = [...repeats('direct', three(STEADY)), ...repeats('direct', three(STEADY), { vus: 150 })];
    const records = [...direct, ...repeats('b', three(UNSTEADY)), ...repeats('b', three(STEADY), { vus: 150 })];
    expect(named(records).sort()).toEqual(['b-v50-r4', 'direct-v50-r4']);
  });

  it('goes on by VU level, each from its own last repeat', () => {
    const records = [...repeats('b', UNSTEADY), ...repeats('b', three(UNSTEADY), { vus: 150 })];
    expect(named(records)).toEqual(['b-v150-r4', 'b-v50-r6']);
  });

  it('asks for every target', () => {
    const until: Until = { ...UNTIL, targets: [...UNTIL.targets, { metric: 'cpuUsPerRequest', halfWidthShare: 0.05 }] };
    const records = three(STEADY).map((ratePerSec, at) =>
      recordOf({ gateway: 'a', vus: 50, repeat: at + 1, ratePerSec, tree: { cpuUsPerRequest: 100 + 20 * at } }),
    );
    expect(named(records)).toEqual([]);
    expect(named(records, until)).toEqual(['a-v50-r4']);
  });

  it('leaves alone what no repeat can tell: gateways that are skipped, that crash each time, or lack the figure', () => {
    const skipped = repeats('kong', three(STEADY), { outcome: { kind: 'skipped', reason: 'not installed' } });
    const crashing = repeats('bifrost', three(STEADY), {
      outcome: { kind: 'crashed', exitCode: 2, signal: null, phase: 'window', atS: 3, reason: 'ended', logTail: [] },
    });
    expect(named([...skipped, ...crashing])).toEqual([]);
    const targets: Until['targets'] = [{ metric: 'rss', halfWidthShare: 0.02 }];
    expect(named(repeats('a', three(STEADY), { tree: null }), { ...UNTIL, targets })).toEqual([]);
  });

  it('goes on with a gateway some of whose repeats can’t be trusted', () => {
    const records = repeats('a', three(STEADY));
    records[1] = recordOf({ gateway: 'a', vus: 50, repeat: 2, outcome: { kind: 'invalid', reasons: ['late'] } });
    expect(named(records)).toEqual(['a-v50-r4']);
  });

  it('keeps the order that the seed gives to a whole block', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const all = names.flatMap((name) => repeats(name, three(UNSTEADY)));
    const whole = named(all).map((id) => id[0]);
    expect([...whole].sort()).toEqual(names);
    expect(whole).not.toEqual(names);
    const some = all.filter(({ cell }) => 'bdf'.includes(cell.gateway));
    const known = names.filter((name) => !'bdf'.includes(name)).flatMap((name) => repeats(name, three(STEADY)));
    const mixed = names.flatMap((name) => [...some, ...known].filter(({ cell }) => cell.gateway === name));
    expect(named(mixed).map((id) => id[0])).toEqual(whole.filter((name) => 'bdf'.includes(name ?? '')));
  });

  it('says how many repeats it expects, of the gateway that needs most, and no more than are allowed', () => {
    const records = [...repeats('a', [1000, 1010, 990]), ...repeats('b', three(UNSTEADY))];
    const run = runUntil(records);
    const { cells, open } = nextRepeat(run, records);
    const needs = open.map(({ expectedMore }) => expectedMore ?? 0);
    expect(needs[0]).toBeLessThan(needs[1] ?? 0);
    expect(expectedRepeats(run, open, cells)).toBe(7);
    expect(expectedRepeats({ ...run, until: { ...UNTIL, maxRepeats: 4 } }, open, cells)).toBe(1);
    expect(expectedRepeats({ ...run, until: { ...UNTIL, maxRepeats: 100 } }, open, cells)).toBe(needs[1]);
  });
});
