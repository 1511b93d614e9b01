import type { Scenario } from '../model/scenario.js';

/** What the command line may change in a scenario. */
export interface ScenarioOverrides {
  vus?: number[] | undefined;
  durationS?: number | undefined;
  warmupS?: number | undefined;
  repeats?: number | undefined;
  idleS?: number | undefined;
  recoveryS?: number | undefined;
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
      idleS: overrides.idleS ?? load.idleS,
      recoveryS: overrides.recoveryS ?? load.recoveryS,
      cooldownS: overrides.cooldownS ?? load.cooldownS,
    },
    upstream: { ...upstream, latency: overrides.upstreamLatency ?? upstream.latency },
  };
}
