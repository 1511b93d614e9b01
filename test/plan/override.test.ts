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
