import { FIXED_LATENCY, NO_LATENCY, type Trial, type UpstreamKind } from './trial.js';

export interface TrialChoice {
  /** Those that can run here. */
  engines: readonly string[];
  /** The engine that the mocks are compared under, and whose percentiles are checked; one of `engines`. */
  driver: string;
  /** Those that can run here. */
  upstreams: readonly UpstreamKind[];
  vus: readonly number[];
  /** VU counts at which an upstream without latency is driven: two ends say what lies between. */
  zeroVus: readonly number[];
  cores: number;
}

/** Where the mock is compared with its peers: the VUs of the published benchmark that one process serves. */
const PEER_VUS = [50, 300, 1000];
const PEER_ZERO_VUS = [50];
/** Delays that vary, whose percentiles have to come out as they went in. */
export const TRUTH_LATENCIES = ['lognormal(p50=60ms,p99=200ms)', 'bimodal(60ms,200ms,0.1)'] as const;
export const TRUTH_VUS = 300;
/** One process of the mock serves about this many VUs at 60 ms: 20,000 requests a second. */
const VUS_PER_MOCK_PROCESS = 1_200;

/** Every measurement of a round, those that are compared next to one another. */
export function planTrials(choice: TrialChoice): Trial[] {
  const { engines, driver, upstreams, vus, zeroVus, cores } = choice;
  const peers = upstreams.filter((upstream) => upstream !== 'mock' && upstream !== 'nginx');
  const trial = (engine: string, upstream: UpstreamKind, latency: string, count: number): Trial => ({
    engine,
    upstream,
    latency,
    vus: count,
    processes: upstream === 'mock' && latency !== NO_LATENCY ? mockProcesses(count, cores) : 1,
    againstTruth: latency !== FIXED_LATENCY && latency !== NO_LATENCY,
  });
  const fixed = vus.flatMap((count) => [
    ...engines.map((engine) => trial(engine, 'mock', FIXED_LATENCY, count)),
    ...peers.filter(() => PEER_VUS.includes(count)).map((peer) => trial(driver, peer, FIXED_LATENCY, count)),
  ]);
  const ceilings = zeroVus.flatMap((count) => [
    ...engines.map((engine) => trial(engine, 'mock', NO_LATENCY, count)),
    ...peers.filter(() => PEER_ZERO_VUS.includes(count)).map((peer) => trial(driver, peer, NO_LATENCY, count)),
    ...engines.filter(() => upstreams.includes('nginx')).map((engine) => trial(engine, 'nginx', NO_LATENCY, count)),
  ]);
  const truths = TRUTH_LATENCIES.filter(() => vus.includes(TRUTH_VUS)).map((latency) =>
    trial(driver, 'mock', latency, TRUTH_VUS),
  );
  return [...fixed, ...ceilings, ...truths];
}

function mockProcesses(vus: number, cores: number): number {
  return Math.min(Math.max(cores, 1), Math.ceil(vus / VUS_PER_MOCK_PROCESS));
}

/**
 * The trials of all rounds: every second round runs backwards, so that a machine that slowly changes does not favour
 * whatever comes first.
 */
export function inRounds(trials: readonly Trial[], rounds: number): { round: number; trial: Trial }[] {
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    (round % 2 === 1 ? trials : trials.toReversed()).map((trial) => ({ round, trial })),
  );
}

/** More VUs than these take longer to connect and to spread. */
const VUS_PER_WARMUP = 2_000;

/** Seconds of load before a trial's window. */
export function warmupOf({ vus }: Trial, warmupS: number): number {
  return warmupS * Math.max(1, vus / VUS_PER_WARMUP);
}

/** Starting and stopping an upstream and an engine's processes takes 0.5 to 1 s. */
const OVERHEAD_S = 0.7;

/** How long the trials will take, in seconds. */
export function secondsFor(
  trials: readonly Trial[],
  { warmupS, durationS }: { warmupS: number; durationS: number },
): number {
  return trials.reduce((sum, trial) => sum + warmupOf(trial, warmupS) + durationS + OVERHEAD_S, 0);
}
