import { expect, it } from 'vitest';
import { overrideScenario } from '../../src/plan/override.js';
import { aScenario } from '../support/scenario.js';

const scenario = aScenario({ vus: [50, 150], repeats: 3, warmupS: 15, durationS: 60 });

it('changes what is given, and nothing else', () => {
  expect(overrideScenario(scenario, {})).toEqual(scenario);
  expect(overrideScenario(scenario, { vus: [7], repeats: 1, durationS: 9, warmupS: 0, cooldownS: 4 })).toEqual({
    ...scenario,
    load: { ...scenario.load, vus: [7], repeats: 1, durationS: 9, warmupS: 0, cooldownS: 4 },
  });
});

it('changes the latency of the upstream, and keeps what else is said of it', () => {
  expect(overrideScenario(scenario, { upstreamLatency: '0' }).upstream).toEqual({ ...scenario.upstream, latency: '0' });
});

it('makes any load an open one, and back', () => {
  const open = overrideScenario(scenario, { ratePerSec: [500], arrivals: 'poisson', maxInFlight: 20 });
  expect(open.load).toMatchObject({ model: 'open', vus: [], ratePerSec: [500], arrivals: 'poisson', maxInFlight: 20 });
  expect(overrideScenario(open, { vus: [50, 150] })).toEqual(scenario);
});

it('replays a recording at another rate, evenly, or in a closed loop', () => {
  const load = { model: 'open', vus: [], arrivals: 'recorded', speed: [2] } as const;
  const recorded = aScenario({ ...load, vus: [], speed: [2] }, false, { request: { messages: [], replay: 'x.jsonl' } });
  expect(overrideScenario(recorded, { durationS: 5 }).load).toMatchObject({ arrivals: 'recorded', speed: [2] });
  const faster = overrideScenario(recorded, { ratePerSec: [9] }).load;
  expect(faster).toMatchObject({ arrivals: 'recorded', ratePerSec: [9] });
  expect(faster.speed).toBeUndefined();
  expect(overrideScenario(recorded, { ratePerSec: [9], arrivals: 'constant' }).load.arrivals).toBe('constant');
  expect(overrideScenario(recorded, { vus: [3] }).load).toMatchObject({ model: 'closed', arrivals: undefined });
  expect(() => overrideScenario(recorded, { arrivals: 'poisson' })).toThrow('need one of their own');
});

it('refuses what a load can’t have', () => {
  const staged = aScenario({ warmupS: 1, vus: [], stages: [{ durationS: 5, vus: 10, ramp: false }], durationS: 5 });
  expect(() => overrideScenario(scenario, { vus: [1], ratePerSec: [1] })).toThrow('a run is one of them');
  expect(() => overrideScenario(scenario, { maxInFlight: 5 })).toThrow('--max-in-flight is for an open loop');
  expect(() => overrideScenario(staged, { vus: [1] })).toThrow('has stages');
  expect(() => overrideScenario(staged, { durationS: 9 })).toThrow('has stages');
  expect(overrideScenario(staged, { repeats: 2 }).load.stages).toEqual(staged.load.stages);
});
