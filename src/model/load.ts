import { z } from 'zod';
import { ArrivalCounts } from './arrivals.js';
import { Bytes, Count, CpuPercent, Microseconds, Rate, Seconds, Share } from './ranges.js';

/** Why a request failed; `tls` is a certificate or a handshake, `local` this machine's fault (ports, descriptors), which voids the window. */
export const FailureClass = z.enum([
  'refused',
  'reset',
  'timeout',
  'closed',
  'tls',
  'http_3xx',
  'http_4xx',
  'http_5xx',
  'bad_body',
  'local',
]);
export type FailureClass = z.infer<typeof FailureClass>;

/** From the shortest to the longest. */
const ASCENDING = ['min', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
/** A histogram rounds: two figures of one value may differ by this, and by a microsecond. */
const ROUNDING = 1.01;

/** Latencies of a set of requests. All microseconds; percentiles by nearest rank. */
export const Latency = z
  .strictObject({
    count: Count,
    p50: Microseconds,
    p90: Microseconds,
    p95: Microseconds,
    p99: Microseconds,
    p999: Microseconds,
    min: Microseconds,
    mean: Microseconds,
    max: Microseconds,
    /** HdrHistogram V2, compressed, base64: 1 us to 120 s, 4 significant digits. Null where the engine has none. */
    histogram: z.base64().nullable(),
  })
  .superRefine((latency, context) => {
    const aboveUs = (lower: number, upper: number) => lower > upper * ROUNDING + 1;
    for (const [at, field] of ASCENDING.entries()) {
      const before = ASCENDING[at - 1];
      if (before !== undefined && aboveUs(latency[before], latency[field])) {
        context.addIssue({ code: 'custom', path: [field], message: `less than ${before}` });
      }
    }
    if (aboveUs(latency.min, latency.mean) || aboveUs(latency.mean, latency.max)) {
      context.addIssue({ code: 'custom', path: ['mean'], message: 'not between min and max' });
    }
  });
export type Latency = z.infer<typeof Latency>;

/** `Retry-After` of failed responses; the seconds are null where none was readable. */
export const RetryAfter = z.strictObject({ responses: Count, minS: Seconds.nullable(), maxS: Seconds.nullable() });
export type RetryAfter = z.infer<typeof RetryAfter>;

/**
 * Every request that was in flight at some moment of the window:
 * `sent = ok + sum(failed) + inFlightAtEnd`, each side counted on its own.
 * What an engine can't count is null, and `absent` says why.
 */
export const Requests = z.strictObject({
  /** In flight when the window began plus written in it. */
  sent: Count.nullable(),
  ok: Count,
  failed: z.partialRecord(FailureClass, Count),
  /** In flight when the window ended: neither successes nor failures. */
  inFlightAtEnd: Count.nullable(),
  /** Of `sent`, those written before the window began. */
  inFlightAtStart: Count.nullable(),
  /**
   * Written a second time, on a new connection, because the gateway had closed theirs, idle until then, without a byte of a
   * response. Absent where the engine doesn't count them.
   */
  reopened: Count.optional(),
  /** Failed responses that said when to try again, which no engine obeys; absent where none did, or none was looked at. */
  retryAfter: RetryAfter.optional(),
  /** Status codes other than 200, by code. */
  statusCodes: z.record(z.string().regex(/^\d{1,3}$/, 'a status code'), Count),
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

/** A load from its first request to its end, warm-up included. */
export const WholeLoad = z.strictObject({
  /** Successes; of some engines at least so many. */
  ok: Count,
  /** Requests written; of engines that don't count them, at most so many. */
  sentAtMost: Count,
});
export type WholeLoad = z.infer<typeof WholeLoad>;

/** One second of the window. */
export const SecondOfLoad = z.strictObject({
  /** Whole seconds since the warm-up began. */
  second: Count,
  phase: z.enum(['warmup', 'window']),
  ok: Count,
  failed: Count,
  p50Us: Microseconds.nullable(),
  p99Us: Microseconds.nullable(),
});
export type SecondOfLoad = z.infer<typeof SecondOfLoad>;

/** A stage of a load whose level changes: what ended in it. */
export const StageOfLoad = z.strictObject({
  /** Seconds into the window at which it begins. */
  atS: Seconds,
  durationS: Seconds,
  /** VUs, or requests a second of an open loop: at its begin and at its end. */
  from: Rate,
  to: Rate,
  ok: Count,
  failed: Count,
  /** Of its successes, as the cell's `latencyUs`. */
  latencyUs: Latency.nullable(),
});
export type StageOfLoad = z.infer<typeof StageOfLoad>;

const HOST_CPU_UNSAMPLED = 'recorded before the CPU of load hosts was read';

/** How busy a host was that gave load, over the window. What could not be read is null. */
export const HostCpu = z.strictObject({
  /** CPUs that k6 can use there. */
  cpus: z.number().int().positive().nullable().default(null),
  /** Of k6's process, all threads; 100 is one CPU. */
  cpuPercentMean: CpuPercent.nullable().default(null),
  /** Of all the host's CPU time, 0 to 1: what was neither idle nor waiting for a disk, stolen time included. */
  hostBusyShare: Share.nullable().default(null),
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
  vus: Count,
  sent: Count,
  ok: Count,
  failed: Count,
  inFlightAtEnd: Count,
  /** How well its clock is known: its window may be off by this much. Null if the clock wasn't read. */
  clockUncertaintyMs: z.number().min(0).nullable(),
  ...HostCpu.shape,
});
export type LoadHost = z.infer<typeof LoadHost>;

/** What became of the requests of one class of a mix, in the window. */
export const ClassLoad = z.strictObject({
  name: z.string(),
  /** Of all requests, as planned. */
  share: Share,
  /** Of the bodies that the class sends. */
  requestBytesMean: Bytes,
  requestBytesMax: Bytes,
  ok: Count,
  failed: z.partialRecord(FailureClass, Count),
  /** Of successes. */
  latencyUs: Latency.nullable(),
  firstByteUs: Latency.nullable(),
});
export type ClassLoad = z.infer<typeof ClassLoad>;

/** What an open loop has besides; absent in a closed loop. */
export const OpenLoopFigures = z.strictObject({
  arrivals: ArrivalCounts.optional(),
  /** From the moment when a request was due to its write: of all requests that were written in the window. */
  sendDelayUs: Latency.nullable().optional(),
  /** Latency of successes from the write alone: what a client sees that forgets how long a request has waited. */
  rawLatencyUs: Latency.nullable().optional(),
});

/** What became of the frames with text of all streams that ended in the window, those that failed on the way included. */
export const StreamFrames = z.strictObject({
  /** That the upstream sends in so many answers. */
  expected: Count,
  /** That never came. */
  lost: Count,
  /** Whose text came in the frame of the one before. */
  joined: Count,
  /** That came in another place. */
  reordered: Count,
  /** That the upstream did not send: repeated, split or changed ones. */
  surplus: Count,
});
export type StreamFrames = z.infer<typeof StreamFrames>;

/**
 * When the frames of streams came. A frame is an event with text; those that came in one read came at one time, and a time of
 * 0 is recorded as 1 us. The time to the first frame is the record's `firstByteUs`.
 *
 *     write ---- head ---- first frame -- gap -- frame ... frame -- gap -- last frame ---- end
 *     |- headUs -|         |------------------ spanUs ---------------------|-- tailUs --|
 *     |---- firstByteUs ---|
 *     |------------------------------------ latencyUs -------------------------------------|
 */
export const StreamResult = z.strictObject({
  /** Frames with text that came in the window, those of streams that were in flight at its start or end included. */
  framesReceived: Count,
  /** Of right answers: from the request's write to the first byte of the response, whatever that is part of. */
  headUs: Latency.nullable(),
  /** Of right answers: from each frame to the next. */
  gapUs: Latency.nullable(),
  /** Of right answers: from the first frame to the last. */
  spanUs: Latency.nullable(),
  /** Of right answers: from the last frame to the end. */
  tailUs: Latency.nullable(),
  /** The longest gap of streams in flight at the window's end, up to then; null without any. */
  openGapUs: Microseconds.nullable(),
  /** Null where the upstream's text isn't known. */
  frames: StreamFrames.nullable(),
});
export type StreamResult = z.infer<typeof StreamResult>;

/** What an engine measured in one window. */
export const LoadResult = z.strictObject({
  requests: Requests,
  /** Null where the engine lost count, which only a load that was cut off explains. */
  wholeLoad: WholeLoad.nullable(),
  /** As measured, from the first worker's window start to the stop. */
  windowS: Seconds,
  /** Of an open loop from the moment when a request was due, however much later it was sent. */
  latencyUs: Latency.nullable(),
  failedLatencyUs: Latency.nullable(),
  /** Mean time of every completion since its write, failures included: R in Little's law. */
  meanResponseUs: Microseconds.nullable(),
  /**
   * Requests in flight on average over the window, from how long each of them was in it: exact, where X * mean(R)
   * takes a request that began before the window at its full length. Null where the engine can't tell.
   */
  meanInFlight: z.number().min(0).nullable(),
  /** VUs in back-off on average over the window. Null where the engine can't tell. */
  meanInBackOff: z.number().nullable(),
  bytesReceived: Count.nullable(),
  seconds: z.array(SecondOfLoad),
  /** Event-loop utilisation of the busiest worker in the window, 0 to 1. Null where the engine has none. */
  eventLoopUtilisation: Share.nullable(),
  workers: Count,
  /** Where it was driven from other hosts, each one's part. */
  hosts: z.array(LoadHost).optional(),
  /** What this engine can't report, by field (`requests.sent`, `latencyUs.histogram`), each with the reason. */
  absent: z.record(z.string(), z.string()),
  /**
   * Connecting, and the first byte of the final response's body or a stream's first event with text, where the engine
   * keeps them apart from the whole answer.
   */
  connectUs: Latency.nullable(),
  firstByteUs: Latency.nullable(),
  /** Each class of a mix; absent where requests have none. */
  classes: z.array(ClassLoad).optional(),
  ...OpenLoopFigures.shape,
  /** Of a load with stages; absent where it has none, or the engine can't tell. */
  stages: z.array(StageOfLoad).optional(),
  /** When the frames of streams came; absent without streams, and where the engine doesn't see them. */
  stream: StreamResult.optional(),
  /** First failures seen, a few words each, for people. */
  failureExamples: z.array(z.string()),
});
export type LoadResult = z.infer<typeof LoadResult>;
