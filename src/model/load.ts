import { z } from 'zod';

/** Why a request failed; `local` is this machine's fault (ports, descriptors) and voids the window. */
export const FailureClass = z.enum([
  'refused',
  'reset',
  'timeout',
  'closed',
  'http_3xx',
  'http_4xx',
  'http_5xx',
  'bad_body',
  'local',
]);
export type FailureClass = z.infer<typeof FailureClass>;

/** Latencies of a set of requests. All microseconds; percentiles by nearest rank. */
export const Latency = z.strictObject({
  count: z.number().int(),
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  p999: z.number(),
  min: z.number(),
  mean: z.number(),
  max: z.number(),
  /** HdrHistogram V2, compressed, base64: 1 us to 120 s, 4 significant digits. Null where the engine has none. */
  histogram: z.string().nullable(),
});
export type Latency = z.infer<typeof Latency>;

/**
 * Every request that was in flight at some moment of the window:
 * `sent = ok + sum(failed) + inFlightAtEnd`, each side counted on its own.
 * What an engine can't count is null, and `absent` says why.
 */
export const Requests = z.strictObject({
  /** In flight when the window began plus written in it. */
  sent: z.number().int().nullable(),
  ok: z.number().int(),
  failed: z.partialRecord(FailureClass, z.number().int()),
  /** In flight when the window ended: neither successes nor failures. */
  inFlightAtEnd: z.number().int().nullable(),
  /** Of `sent`, those written before the window began. */
  inFlightAtStart: z.number().int().nullable(),
  /** Status codes other than 200, by code. */
  statusCodes: z.record(z.string(), z.number().int()),
});
export type Requests = z.infer<typeof Requests>;

/** Failures of every class together. */
export function failedCount({ failed }: Pick<Requests, 'failed'>): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

/** Requests that ended in the window, successes and failures alike. */
export function completionsOf(requests: Pick<Requests, 'ok' | 'failed'>): number {
  return requests.ok + failedCount(requests);
}

/** One second of the window. */
export const SecondOfLoad = z.strictObject({
  /** Whole seconds since the warm-up began. */
  second: z.number().int(),
  phase: z.enum(['warmup', 'window']),
  ok: z.number().int(),
  failed: z.number().int(),
  p50Us: z.number().nullable(),
  p99Us: z.number().nullable(),
});
export type SecondOfLoad = z.infer<typeof SecondOfLoad>;

const HOST_CPU_UNSAMPLED = 'recorded before the CPU of load hosts was read';

/** How busy a host was that gave load, over the window. What could not be read is null. */
export const HostCpu = z.strictObject({
  /** CPUs that k6 can use there. */
  cpus: z.number().int().positive().nullable().default(null),
  /** Of k6's process, all threads; 100 is one CPU. */
  cpuPercentMean: z.number().nullable().default(null),
  /** Of all the host's CPU time, 0 to 1: what was neither idle nor waiting for a disk, stolen time included. */
  hostBusyShare: z.number().nullable().default(null),
  /** Why a field is null, by field. */
  absent: z.record(z.string(), z.string()).default({
    cpus: HOST_CPU_UNSAMPLED,
    cpuPercentMean: HOST_CPU_UNSAMPLED,
    hostBusyShare: HOST_CPU_UNSAMPLED,
  }),
});
export type HostCpu = z.infer<typeof HostCpu>;

/** One of several hosts that a load came from, each with some of the VUs. */
export const LoadHost = z.strictObject({
  /** `me@192.0.2.7`. */
  host: z.string(),
  vus: z.number().int(),
  sent: z.number().int(),
  ok: z.number().int(),
  failed: z.number().int(),
  inFlightAtEnd: z.number().int(),
  /** How well its clock is known: its window may be off by this much. Null if the clock wasn't read. */
  clockUncertaintyMs: z.number().nullable(),
  ...HostCpu.shape,
});
export type LoadHost = z.infer<typeof LoadHost>;

/** What an engine measured in one window. */
export const LoadResult = z.strictObject({
  requests: Requests,
  /** As measured, from the first worker's window start to the stop. */
  windowS: z.number(),
  latencyUs: Latency.nullable(),
  failedLatencyUs: Latency.nullable(),
  /** Mean of every completion's latency, failures included: R in Little's law. */
  meanResponseUs: z.number().nullable(),
  /**
   * Requests in flight on average over the window, from how long each of them was in it: exact, where X * mean(R)
   * takes a request that began before the window at its full length. Null where the engine can't tell.
   */
  meanInFlight: z.number().nullable(),
  bytesReceived: z.number().int().nullable(),
  seconds: z.array(SecondOfLoad),
  /** Event-loop utilisation of the busiest worker in the window, 0 to 1. Null where the engine has none. */
  eventLoopUtilisation: z.number().nullable(),
  workers: z.number().int(),
  /** Where it was driven from other hosts, each one's part. */
  hosts: z.array(LoadHost).optional(),
  /** What this engine can't report, by field (`requests.sent`, `latencyUs.histogram`), each with the reason. */
  absent: z.record(z.string(), z.string()),
  /** Connecting and first byte, where the engine keeps them apart from the whole answer. */
  connectUs: Latency.nullable(),
  firstByteUs: Latency.nullable(),
  /** First failures seen, a few words each, for people. */
  failureExamples: z.array(z.string()),
});
export type LoadResult = z.infer<typeof LoadResult>;
