import { expect, it } from 'vitest';
import { levelCount, loadLevels } from '../../src/model/load-level.js';
import type { ReplayedRequest } from '../../src/model/replay.js';
import type { Scenario } from '../../src/model/scenario.js';
import { withRecordedRate } from '../../src/plan/recorded-rate.js';
import { loadShape } from '../../src/run/load-shape.js';
import { aScenario } from '../support/scenario.js';

const recorded = (load: Partial<Scenario['load']> = {}) =>
  aScenario({ model: 'open', vus: [], arrivals: 'recorded', ...load }, false, {
    request: { messages: [], replay: 'x.jsonl' },
  });
const at = (...timesMs: number[]): ReplayedRequest[] =>
  timesMs.map((atMs) => ({ kind: 'conversation', messages: [], atMs }));

it('makes rates of the speeds of a recording', () => {
  const replayed = at(0, 100, 100, 1500);
  expect(withRecordedRate(recorded(), replayed).load.ratePerSec).toEqual([2]);
  const scenario = withRecordedRate(recorded({ speed: [1, 10] }), replayed);
  expect(scenario.load).toMatchObject({ ratePerSec: [2, 20], arrivals: 'recorded' });
  expect(scenario.load.speed).toBeUndefined();
  expect(loadLevels(scenario.load)).toEqual([2, 20]);
  expect(levelCount(recorded({ speed: [1, 10] }).load)).toBe(2);
  expect(withRecordedRate(recorded(), at(0, 700, 2100)).load.ratePerSec).toEqual([0.952381]);
});

it('keeps the rate that was given, and other loads', () => {
  const replayed = at(0, 1000);
  expect(withRecordedRate(recorded({ ratePerSec: [7] }), replayed).load.ratePerSec).toEqual([7]);
  const closed = aScenario();
  expect(withRecordedRate(closed, replayed)).toBe(closed);
});

it('refuses a recording without time, or with too little of it', () => {
  expect(() => withRecordedRate(recorded(), at(0, 0))).toThrow('came at one time');
  expect(() => withRecordedRate(recorded(), at(0))).toThrow('came at one time');
  expect(() => withRecordedRate(recorded({ speed: [1_000_000] }), at(0, 1))).toThrow('at most 1000000');
});

it('is squeezed to the rate of its cell', () => {
  const replayed = at(0, 100, 100, 1500);
  const timesAt = (ratePerSec: number) =>
    loadShape(recorded(), { ratePerSec, repeat: 1 }, 0, replayed).arrivals?.recordedS;
  expect(timesAt(2)).toEqual([0, 0.1, 0.1, 1.5]);
  expect(timesAt(20)?.map((s) => Math.round(s * 1e6))).toEqual([0, 10_000, 10_000, 150_000]);
});
