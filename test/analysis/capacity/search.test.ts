import { describe, expect, it } from 'vitest';
import type { Window } from '../../../src/analysis/capacity/level.js';
import { searchState } from '../../../src/analysis/capacity/search.js';
import { normal, uniform } from '../../support/noise.js';
import { type ExcessAt, isTrue, simulateSearch } from '../../support/searched-curves.js';

const BOUNDS = { from: 10, max: 2000, precisionShare: 0.1, minRepeats: 3, maxRepeats: 6 };
const MAX_WINDOWS = 25;
const TRIALS = 60;

/** `ln(latency / limit)` of gateways whose edge is known. */
const CURVES: Record<string, (edge: number) => ExcessAt> = {
  // A closed loop: flat until the gateway is busy, then as much longer as there are more VUs.
  saturating: (edge) => (level) => Math.max(Math.log(0.65), Math.log(level / edge)),
  steep: (edge) => (level) => 4 * Math.log(level / edge),
  cliff: (edge) => (level) => (level < edge ? -0.4 : 1),
  'hardly rising': (edge) => (level) => 0.3 * Math.log(level / edge),
};

function simulate(curve: (edge: number) => ExcessAt, sd: number) {
  return Array.from({ length: TRIALS }, (_, trial) => {
    const draw = normal(uniform(7 * trial + 1));
    const excessAt = curve(15 * (1000 / 15) ** (trial / TRIALS));
    const { state, windows } = simulateSearch(excessAt, () => sd * draw(), BOUNDS, MAX_WINDOWS);
    return { state, windows: windows.length, isTrue: isTrue(state, excessAt) };
  });
}

describe.each(Object.entries(CURVES))('a search on a curve that is %s', (_, curve) => {
  it.each([0.01, 0.03, 0.1])('is right in 95 of 100 cases or more, with noise of %f', (sd) => {
    const trials = simulate(curve, sd);
    expect(trials.filter((trial) => trial.isTrue).length / TRIALS).toBeGreaterThanOrEqual(0.95);
  });
});

it.each(Object.entries(CURVES).slice(0, 3))(
  'narrows an edge down to about its precision in 25 windows: %s',
  (_, curve) => {
    const trials = simulate(curve, 0.01);
    for (const { state } of trials) {
      expect(state.next).toBeNull();
      const ratio = (state.firstFail?.level ?? Infinity) / (state.lastPass?.level ?? 1);
      expect(ratio).toBeLessThan(1.35);
    }
    const counts = trials.map(({ windows }) => windows).sort((a, b) => a - b);
    expect(counts[TRIALS / 2]).toBeLessThanOrEqual(20);
  },
);

describe('searchState', () => {
  const search = (edge: number, bounds = BOUNDS) => {
    const { state, windows } = simulateSearch(
      (level) => Math.log((level + 0.5) / (edge + 1)) * 3,
      () => 0,
      bounds,
      200,
    );
    return { state, levels: windows.map(({ level }) => level) };
  };

  it('doubles, halves the ratio, then decides both sides', () => {
    const { state, levels } = search(100);
    expect(levels.slice(0, 8)).toEqual([10, 20, 40, 80, 160, 113, 95, 104]);
    expect(state).toMatchObject({ lastPass: { level: 95, status: 'pass' }, firstFail: { level: 104, status: 'fail' } });
    expect(levels.slice(8).sort()).toEqual([104, 104, 95, 95].sort());
  });

  it('goes down where the first level fails, to one VU', () => {
    expect(search(3).state).toMatchObject({ lastPass: { level: 3 }, firstFail: { level: 4 } });
    expect(search(0).state).toMatchObject({ lastPass: null, firstFail: { level: 1 }, next: null });
  });

  it('ends at the highest level it may try', () => {
    const { state, levels } = search(1e6);
    expect(state).toMatchObject({ lastPass: { level: 2000, windows: 3 }, firstFail: null, next: null });
    expect(Math.max(...levels)).toBe(2000);
  });

  it('searches again what a repeat overturns', () => {
    const at = (level: number, excess: number): Window => ({
      kind: 'measured',
      level,
      excess,
      stalled: false,
      errors: null,
    });
    // One odd window at 40 sent it the wrong way; its repeats fail.
    const windows = [at(10, -0.5), at(20, -0.4), at(40, -0.1), at(44, 0.3), at(40, 0.3), at(40, 0.32)];
    const { next, lastPass } = searchState(windows, { ...BOUNDS, precisionShare: 0.2 });
    expect(lastPass).toBeNull();
    expect(next).toBe(28);
  });

  it('is the same whether it was interrupted or not', () => {
    const draw = normal(uniform(3));
    const { windows } = simulateSearch(
      (level) => Math.log(level / 300),
      () => 0.03 * draw(),
      BOUNDS,
      MAX_WINDOWS,
    );
    for (let count = 0; count < windows.length; count++) {
      expect(searchState(windows.slice(0, count), BOUNDS).next).toBe(windows[count]?.level);
    }
  });
});
