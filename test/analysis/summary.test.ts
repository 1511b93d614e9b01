import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise, vuLevels } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import { recordOf, runOf, treeOf } from '../support/record-builder.js';

function levelOf(records: CellRecord[]) {
  const level = summarise(runOf(records), deriveRun(records))[0]?.levels[0];
  if (level === undefined) throw new Error('no level');
  return level;
}

const repeats = (...rates: number[]) =>
  rates.map((ratePerSec, index) => recordOf({ gateway: 'ferro', vus: 50, repeat: index + 1, ratePerSec }));

describe('summarise', () => {
  it('shows the repeat with the median rate, whole, and the range of all', () => {
    const level = levelOf(repeats(800, 820, 700));
    expect(level.shown?.cell.repeat).toBe(1);
    expect(level.ratePerSec).toEqual({ min: 700, max: 820, repeats: 3 });
  });

  it('shows a repeat that was measured where their number is even', () => {
    expect(levelOf(repeats(830, 800, 820, 810)).shown?.ratePerSec).toBe(810);
  });

  it('keeps repeats that are not to be trusted out of the median and the range', () => {
    const invalid = recordOf({
      gateway: 'ferro',
      vus: 50,
      repeat: 3,
      ratePerSec: 10,
      outcome: { kind: 'invalid', reasons: ['the generator was the limit'] },
    });
    const level = levelOf([...repeats(800, 820), invalid]);
    expect(level.ratePerSec).toEqual({ min: 800, max: 820, repeats: 2 });
    expect(level.shown?.outcome.kind).toBe('ok');
    expect(level.records).toHaveLength(3);
  });

  it('shows an untrusted record where there is nothing else', () => {
    const skipped = recordOf({ gateway: 'kong', vus: 50, outcome: { kind: 'skipped', reason: 'not installed' } });
    expect(levelOf([skipped])).toMatchObject({ shown: deriveRun([skipped])[0], ratePerSec: null });
  });

  it('knows cells that the plan has and that were not measured yet', () => {
    const [first, second] = repeats(800, 820);
    if (first === undefined || second === undefined) throw new Error('no records');
    const level = summarise(runOf([first, second]), deriveRun([first]))[0]?.levels[0];
    expect(level).toMatchObject({ planned: 2, shown: deriveRun([first])[0] });
    expect(summarise(runOf([first]), [])[0]?.levels[0]).toMatchObject({ planned: 1, shown: null });
  });

  it('shows the untrusted record that says most', () => {
    const invalid = recordOf({ gateway: 'ferro', vus: 50, repeat: 2, outcome: { kind: 'invalid', reasons: ['late'] } });
    const skipped = recordOf({ gateway: 'ferro', vus: 50, outcome: { kind: 'skipped', reason: 'not installed' } });
    expect(levelOf([skipped, invalid]).shown?.cell.repeat).toBe(2);
    expect(summarise(runOf([skipped]), [])[0]?.levels[0]?.records).toEqual([]);
  });

  it('puts repeats in order, and VU levels too, however they come', () => {
    expect(levelOf(repeats(800, 820, 700).reverse()).records.map(({ cell }) => cell.repeat)).toEqual([1, 2, 3]);
    const records = [300, 50, 150].map((vus) => recordOf({ gateway: 'ferro', vus }));
    const direct = [1, 150].map((vus) => recordOf({ gateway: 'direct', vus }));
    const summaries = summarise(runOf([...records, ...direct]), deriveRun([...records, ...direct]));
    expect(summaries[0]?.levels.map(({ vus }) => vus)).toEqual([50, 150, 300]);
    expect(vuLevels(summaries)).toEqual([1, 50, 150, 300]);
  });

  it('takes what is known of a gateway from a record of one that was started', () => {
    const skipped = recordOf({ gateway: 'ferro', vus: 50, version: null, outcome: { kind: 'skipped', reason: 'no' } });
    const started = recordOf({ gateway: 'ferro', vus: 150, version: '1.2.3' });
    const infoOf = (records: CellRecord[]) => summarise(runOf(records), deriveRun(records))[0]?.info;
    expect(infoOf([skipped, started])?.version).toBe('1.2.3');
    expect(infoOf([skipped])?.version).toBeNull();
  });

  it('gives each variant its own records and its own part of the plan', () => {
    const records = [
      recordOf({ gateway: 'litellm', vus: 50 }),
      recordOf({ gateway: 'litellm', variant: 'workers', vus: 150 }),
    ];
    const levels = summarise(runOf(records), deriveRun(records)).map((summary) => summary.levels);
    expect(levels.map((each) => each.map(({ vus, planned }) => [vus, planned]))).toEqual([[[50, 1]], [[150, 1]]]);
  });

  it('keeps variants apart, under their labels', () => {
    const records = [
      recordOf({ gateway: 'litellm', vus: 50 }),
      recordOf({ gateway: 'litellm', variant: 'workers', vus: 50 }),
    ];
    expect(summarise(runOf(records), deriveRun(records)).map(({ label }) => label)).toEqual([
      'litellm',
      'litellm:workers',
    ]);
  });

  it('ranges memory over the VU levels, and leaves what was not read out', () => {
    const records = [
      recordOf({ gateway: 'ferro', vus: 50, tree: treeOf({ rssBytesMax: 40 }) }),
      recordOf({ gateway: 'ferro', vus: 150, tree: treeOf({ rssBytesMax: 90 }) }),
      recordOf({ gateway: 'ferro', vus: 300, tree: treeOf({ rssBytesMax: null }) }),
    ];
    expect(summarise(runOf(records), deriveRun(records))[0]?.rssBytes).toEqual({ min: 40, max: 90 });
  });
});
