import type { Scenario } from '../model/scenario.js';

/** What the command line may change of a scenario. */
export interface ScenarioOverrides {
  vus?: number[] | undefined;
  durationS?: number | undefined;
  warmupS?: number | undefined;
  repeats?: number | undefined;
  cooldownS?: number | undefined;
  upstreamLatency?: string | undefined;
}

/** The scenario with the overrides merged in. */
export function overrideScenario(scenario: Scenario, overrides: ScenarioOverrides): Scenario {
  const { load, upstream } = scenario;
  return {
    ...scenario,
    load: {
      ...load,
      vus: overrides.vus ?? load.vus,
      durationS: overrides.durationS ?? load.durationS,
      warmupS: overrides.warmupS ?? load.warmupS,
      repeats: overrides.repeats ?? load.repeats,
      cooldownS: overrides.cooldownS ?? load.cooldownS,
    },
    upstream: { ...upstream, latency: overrides.upstreamLatency ?? upstream.latency },
  };
}
