/** Our mock, nginx with a constant response, and peers of our mock. */
export const UPSTREAM_KINDS = ['mock', 'nginx', 'node-http', 'go'] as const;
export type UpstreamKind = (typeof UPSTREAM_KINDS)[number];

/** One measurement: an engine, what it drives, and how hard. */
export interface Trial {
  engine: string;
  upstream: UpstreamKind;
  /** As the mock takes it: `60ms`, `0s`, `lognormal(p50=60ms,p99=200ms)`. */
  latency: string;
  vus: number;
  /** Of the mock; its peers choose for themselves. */
  processes: number;
  /** The mock records every true delay, and the engine's percentiles are compared with them. */
  againstTruth: boolean;
}

export interface SelfbenchSettings {
  durationS: number;
  warmupS: number;
  rounds: number;
}

/** A trial and its round, from 1. */
export interface RoundEntry {
  round: number;
  trial: Trial;
}

/** The latency of the published benchmark. */
export const FIXED_LATENCY = '60ms';
/** The ceiling: a response as soon as the request has arrived. */
export const NO_LATENCY = '0s';

/** Identifies a trial within a round. */
export function trialKey({ engine, upstream, latency, vus }: Trial): string {
  return `${engine} ${upstream} ${latency} ${vus}`;
}

/** `native, mock 60ms, 1000 VUs`. */
export function formatTrial({ engine, upstream, latency, vus }: Trial): string {
  return `${engine}, ${upstream} ${latency}, ${vus} ${vus === 1 ? 'VU' : 'VUs'}`;
}

export interface TrialChoice {
  /** Those that can run here. */
  engines: readonly string[];
  /** The engine that drives the mocks' comparison, and whose percentiles are checked; one of `engines`. */
  driver: string;
  /** Those that can run here. */
  upstreams: readonly UpstreamKind[];
  vus: readonly number[];
  /** VU counts for upstreams without latency. */
  zeroVus: readonly number[];
  cores: number;
}

/** Where the mock is compared with its peers: VU counts of the published benchmark that one process can serve. */
const PEER_VUS = [50, 300, 1000];
const PEER_ZERO_VUS = [50];
/** Varying delays, whose percentiles the engine must measure correctly. */
const TRUTH_LATENCIES = ['lognormal(p50=60ms,p99=200ms)', 'bimodal(60ms,200ms,0.1)'] as const;
const TRUTH_VUS = 300;
/** One process of the mock serves about this many VUs at 60 ms: 20,000 requests a second. */
const VUS_PER_MOCK_PROCESS = 1_200;

/** Every trial of a round; trials that are compared are next to one another. */
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

/** The trials of all rounds. Every second round runs backwards, so that a machine that drifts favours no trial. */
export function repeatInRounds(trials: readonly Trial[], rounds: number): RoundEntry[] {
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    (round % 2 === 1 ? trials : trials.toReversed()).map((trial) => ({ round, trial })),
  );
}

/** More VUs take longer to connect and to spread. */
const VUS_PER_WARMUP = 2_000;

/** Seconds of load before a trial's window. */
export function warmupFor({ vus }: Trial, warmupS: number): number {
  return warmupS * Math.max(1, vus / VUS_PER_WARMUP);
}

/** Starting and stopping an upstream and an engine's processes takes 0.5 to 1 s. */
const OVERHEAD_S = 0.7;

/** How long the trials will take, in seconds. */
export function estimateSeconds(
  trials: readonly Trial[],
  { warmupS, durationS }: Pick<SelfbenchSettings, 'warmupS' | 'durationS'>,
): number {
  return trials.reduce((sum, trial) => sum + warmupFor(trial, warmupS) + durationS + OVERHEAD_S, 0);
}
