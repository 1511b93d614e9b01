import { UsageError } from '../lib/errors.js';
import type { ArrivalDistribution } from '../model/arrivals.js';
import type { Scenario } from '../model/scenario.js';

/** Recorded ones are a scenario's, which has their file. */
export type GivenArrivals = Exclude<ArrivalDistribution, 'recorded'>;

/** What the command line may change in a scenario. */
export interface ScenarioOverrides {
  /** Makes the loop a closed one. */
  vus?: number[] | undefined;
  /** Makes the loop an open one. */
  ratePerSec?: number[] | undefined;
  arrivals?: GivenArrivals | undefined;
  maxInFlight?: number | undefined;
  durationS?: number | undefined;
  warmupS?: number | undefined;
  repeats?: number | undefined;
  idleS?: number | undefined;
  recoveryS?: number | undefined;
  cooldownS?: number | undefined;
  upstreamLatency?: string | undefined;
}

/**
 * The scenario with the overrides merged in.
 * @throws UsageError for those that it can't have
 */
export function overrideScenario(scenario: Scenario, overrides: ScenarioOverrides): Scenario {
  const { load, upstream } = scenario;
  return {
    ...scenario,
    load: {
      ...load,
      ...levelOverrides(scenario, overrides),
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

type Levels = Pick<Scenario['load'], 'model' | 'vus' | 'ratePerSec' | 'arrivals' | 'speed' | 'maxInFlight'>;

function levelOverrides({ name, load }: Scenario, overrides: ScenarioOverrides): Levels {
  const { vus, ratePerSec, arrivals, maxInFlight, durationS, warmupS } = overrides;
  if (vus !== undefined && ratePerSec !== undefined) {
    throw new UsageError(
      '--vus is a closed loop and --rate-per-sec an open one: a run is one of them',
      'leave one of them out',
    );
  }
  if (load.stages !== undefined && (vus ?? ratePerSec ?? durationS) !== undefined) {
    throw new UsageError(
      `scenario ${name} has stages: their levels and durations can't be given on the command line`,
      'write a scenario of your own, from its file',
    );
  }
  if (load.stages !== undefined && warmupS !== undefined && !Number.isInteger(warmupS)) {
    throw new UsageError(`the warm-up before stages lasts whole seconds, not ${warmupS} s`);
  }
  const model = vus !== undefined ? 'closed' : ratePerSec !== undefined ? 'open' : load.model;
  if (model === 'closed') {
    if (arrivals !== undefined || maxInFlight !== undefined) {
      throw new UsageError(
        `${arrivals === undefined ? '--max-in-flight' : '--arrivals'} is for an open loop`,
        'add --rate-per-sec, or choose a scenario with "model: open"',
      );
    }
    return {
      model,
      vus: vus ?? load.vus,
      ratePerSec: undefined,
      arrivals: undefined,
      speed: undefined,
      maxInFlight: undefined,
    };
  }
  const levels = {
    model,
    vus: [],
    ratePerSec: ratePerSec ?? load.ratePerSec,
    arrivals: arrivals ?? load.arrivals,
    // Recorded arrivals have a speed or a rate.
    speed: arrivals === undefined && ratePerSec === undefined ? load.speed : undefined,
    maxInFlight: maxInFlight ?? load.maxInFlight,
  };
  if (levels.ratePerSec !== undefined || load.stages !== undefined || levels.arrivals === 'recorded') return levels;
  throw new UsageError(
    `scenario ${name} has the rate of its recording, and ${arrivals} arrivals need one of their own`,
    'add --rate-per-sec',
  );
}
