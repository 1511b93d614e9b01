import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, recordUs } from '../../../common/histogram.js';
import { campaignOf, mayReplace } from '../../../src/analysis/capacity/campaign.js';
import { capacitiesOf } from '../../../src/analysis/capacity/result.js';
import { windowOf } from '../../../src/analysis/capacity/window.js';
import { deriveRun } from '../../../src/analysis/derive-run.js';
import type { CapacitySearch } from '../../../src/model/capacity.js';
import type { CellRecord } from '../../../src/model/record.js';
import { nextWindows } from '../../../src/plan/next-windows.js';
import { frontierObjectives } from '../../../src/plan/parse-objective.js';
import { objectiveOf, searchOf as searchUpTo } from '../../support/capacity-search.js';
import { normal, uniform } from '../../support/noise.js';
import { type CellFacts, recordOf, runOf } from '../../support/record-builder.js';

/** Beside direct, up to 1,000 VUs. */
const searchOf = (texts: string[], over: Partial<CapacitySearch> = {}) =>
  searchUpTo(texts, { direct: 'direct', max: 1000, ...over });

const SUBJECT = { gateway: 'nginx', variant: 'default' };
const pair = (vus: number, repeat: number, addedMs: number, facts: Partial<CellFacts> = {}): CellRecord[] => [
  recordOf({ gateway: 'direct', vus, repeat, p99Us: 62_000 }),
  recordOf({ gateway: 'nginx', vus, repeat, p99Us: 62_000 + 1000 * addedMs, ...facts }),
];

/** One campaign's windows, of a gateway that adds `addedMs(vus)`. */
function measured(search: CapacitySearch, addedMs: (vus: number) => number): CellRecord[] {
  const records: CellRecord[] = [];
  for (let step = 0; step < 200; step++) {
    const run = { ...runOf(records, { capacity: search }), gateways: runOf(pair(1, 1, 0)).gateways };
    const { cells } = nextWindows(run, records);
    if (cells.length === 0) return records;
    for (const { gateway, vus = 0, repeat } of cells) {
      const p99Us = 62_000 + (gateway === 'direct' ? 0 : 1000 * addedMs(vus));
      records.push(recordOf({ gateway, vus, repeat, p99Us }));
    }
  }
  throw new Error('no end');
}

describe('a campaign', () => {
  it('measures direct in the same round at the same level and repeat, and subtracts it', () => {
    const search = searchOf(['added-p99<=10ms']);
    const records = measured(search, (vus) => vus / 10);
    const found = capacitiesOf(runOf(records, { capacity: search }), deriveRun(records));
    expect(found).toMatchObject([{ label: 'nginx', kind: 'edge' }]);
    const [{ lastPass, firstFail } = { lastPass: null, firstFail: null }] = found;
    expect(lastPass?.level).toBeLessThanOrEqual(100);
    expect(firstFail?.level).toBeGreaterThan(100);
    expect(lastPass?.latencyUs?.mean).toBeCloseTo(100 * (lastPass?.level ?? 0), 0);
    for (const { cell } of records.filter(({ gateway }) => gateway.kind !== 'direct')) {
      expect(records.some((each) => each.cell.id === `direct-v${cell.vus}-r${cell.repeat}`)).toBe(true);
    }
  });

  it('finds a frontier in one campaign, with fewer windows than the searches would take alone', () => {
    const limits = [1, 10, 100];
    const texts = frontierObjectives(limits).map(({ text }) => text);
    const search = searchOf(texts, { maxWindows: 100 });
    const records = measured(search, (vus) => vus / 5);
    const found = capacitiesOf(runOf(records, { capacity: search }), deriveRun(records));
    expect(found.map(({ kind }) => kind)).toEqual(['edge', 'edge', 'edge']);
    for (const [at, { lastPass, firstFail }] of found.entries()) {
      const edge = 5 * (limits[at] ?? 0);
      expect(lastPass?.level).toBeLessThanOrEqual(edge);
      expect(firstFail?.level).toBeGreaterThan(edge * 0.999);
    }
    const alone = texts.map((text) => measured(searchOf([text], { maxWindows: 100 }), (vus) => vus / 5).length);
    expect(records.length).toBeLessThan(alone.reduce((sum, count) => sum + count, 0));
  });

  it('finds both sides of each limit before it spends windows on one that no level keeps', () => {
    const search = searchOf(
      frontierObjectives([1, 10, 100]).map(({ text }) => text),
      { maxWindows: 100 },
    );
    // 1 ms is almost kept at the lowest levels: to tell takes many windows.
    const records = measured(search, (vus) => 1.02 + vus / 5);
    const first = campaignOf(search, deriveRun(records.slice(0, 2 * 12)), SUBJECT);
    const [, ten, hundred] = first.searches.map(({ state }) => state.levels);
    expect(ten?.some(({ status }) => status === 'leans-fail')).toBe(true);
    expect(hundred?.some(({ status }) => status === 'leans-fail')).toBe(true);
  });

  it('decides the limits that are easy to tell, when there are windows for some only', () => {
    const limits = [1, 5, 10, 50, 100];
    const search = searchOf(
      frontierObjectives(limits).map(({ text }) => text),
      { maxWindows: 40, precisionShare: 0.25 },
    );
    const draw = normal(uniform(5));
    const records = measured(search, (vus) => vus / 5 + 62 * (0.0015 + 0.009 / Math.sqrt(vus)) * draw());
    const found = capacitiesOf(runOf(records, { capacity: search }), deriveRun(records));
    expect(found.map(({ kind }) => kind)).toEqual(['unfinished', 'unfinished', 'edge', 'edge', 'edge']);
    // What isn't decided has two sides all the same.
    for (const [at, { low, high }] of found.entries()) {
      expect(low?.level).toBeLessThan(1.25 * 5 * (limits[at] ?? 0));
      expect(high?.level).toBeGreaterThan((5 * (limits[at] ?? 0)) / 1.25);
    }
  });

  it('measures again what the machine spoilt, a few times, and then counts it', () => {
    const gates: CellRecord['gates'] = [{ gate: 'steal time', verdict: 'invalid', value: 9, message: '9 %' }];
    const spoilt = (repeat: number) => pair(10, repeat, 1, { gates, outcome: { kind: 'invalid', reasons: ['steal'] } });
    const search = searchOf(['added-p99<=10ms']);
    const afterSpoilt = (count: number) =>
      campaignOf(search, deriveRun(Array.from({ length: count }, (_, at) => spoilt(at + 1)).flat()), SUBJECT);
    expect(afterSpoilt(4)).toMatchObject({ pairs: [], next: 10, replaced: { length: 4 } });
    expect(afterSpoilt(5)).toMatchObject({ pairs: { length: 1 }, next: 20 });
  });

  it('measures more windows again in a long search', () => {
    expect([1, 25, 65].map(mayReplace)).toEqual([4, 4, 10]);
  });

  it('gives up where no window can be measured', () => {
    const outcome = { kind: 'failed' as const, stage: 'start' as const, error: 'no such file', logTail: [] };
    const failed = Array.from({ length: 5 }, (_, at) =>
      recordOf({ gateway: 'nginx', vus: 10, repeat: at + 1, outcome }),
    );
    expect(campaignOf(searchOf(['p99<=1s'], { direct: null }), deriveRun(failed), SUBJECT)).toMatchObject({
      next: null,
      stopped: '5 windows could not be measured, the last because at start: no such file',
    });
  });

  it('takes a crash for a level that fails, at once', () => {
    const crashed = {
      kind: 'crashed' as const,
      exitCode: 2,
      signal: null,
      phase: 'window' as const,
      atS: 3,
      reason: 'ended',
      logTail: [],
    };
    const records = [...pair(10, 1, 1), recordOf({ gateway: 'nginx', vus: 20, outcome: crashed })];
    const search = searchOf(['p99<=1s'], { direct: null });
    const { searches } = campaignOf(search, deriveRun(records), SUBJECT);
    expect(searches[0]?.state.firstFail).toMatchObject({ level: 20, broken: 'it crashed: ended' });
  });
});

describe('windowOf', () => {
  /** 50 VUs at 60 ms for 10 s, with a stall of a second: 0.7 % of the requests wait for it. */
  const stalling = () => {
    const histogram = newHistogram();
    for (let request = 0; request < 7500; request++) recordUs(histogram, 60_000);
    for (let vu = 0; vu < 50; vu++) recordUs(histogram, 1_030_000);
    const record = recordOf({ gateway: 'nginx', vus: 50, p50Us: 60_000, p99Us: 61_000 });
    if (record.latencyUs) record.latencyUs.histogram = encodeHistogram(histogram);
    return record;
  };
  const seen = (record: CellRecord) => {
    const [derived] = deriveRun([record]);
    if (derived === undefined) throw new Error('none');
    return windowOf({ record: derived, direct: null }, objectiveOf('p99<=100ms'));
  };

  it('does not let a stall hide from a limit', () => {
    const record = stalling();
    expect(record.latencyUs?.p99).toBeLessThan(100_000);
    expect(seen(record)).toMatchObject({ kind: 'measured', stalled: true });
    expect((seen(record) as { excess: number }).excess).toBeGreaterThan(1);
  });

  it('blames no stall for a limit that is missed without it', () => {
    const record = stalling();
    if (record.latencyUs) record.latencyUs.p99 = 120_000;
    expect(seen(record)).toMatchObject({ kind: 'measured', stalled: false });
    expect((seen(record) as { excess: number }).excess).toBeGreaterThan(1);
  });

  it('takes the percentile as it is where nothing stalls, or there is no histogram', () => {
    const plain = recordOf({ gateway: 'nginx', vus: 50, p50Us: 60_000, p99Us: 61_000 });
    expect(seen(plain)).toMatchObject({ stalled: false, excess: Math.log(0.61) });
    const without = stalling();
    if (without.latencyUs) without.latencyUs.histogram = null;
    expect(seen(without)).toMatchObject({ stalled: false, excess: Math.log(0.61) });
  });

  it('counts what an open loop never sent as failed, and looks for no stall in it', () => {
    const record = stalling();
    const { vus: _, ...cell } = record.cell;
    record.cell = { ...cell, ratePerSec: 500 };
    const completions = record.requests?.ok ?? 0;
    record.arrivals = {
      ratePerSec: 500,
      distribution: 'constant',
      seed: 1,
      maxInFlight: 100,
      planned: completions + 40,
      sent: completions,
      unsent: 40,
      carriedIn: 0,
      heldBack: 0,
      slipped: 0,
      inFlightMax: 100,
    };
    const [derived] = deriveRun([record]);
    if (derived === undefined) throw new Error('none');
    expect(windowOf({ record: derived, direct: null }, objectiveOf('p99<=100ms, errors<1%'))).toMatchObject({
      level: 500,
      stalled: false,
      excess: Math.log(0.61),
      errors: { failed: 40, completions: completions + 40 },
    });
  });
});
