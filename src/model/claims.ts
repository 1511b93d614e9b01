import { z } from 'zod';
import { Category } from './category.js';
import { ProfilerName } from './profiler.js';

/** Where figures were published, and how they were measured. Null is not said there. */
export const ClaimSource = z.strictObject({
  title: z.string(),
  publisher: z.string(),
  url: z.url(),
  /** Of the measurement, else of the publication. */
  date: z.iso.date().nullable(),
  hardware: z.string().nullable(),
  /** CPUs that the gateway could use. */
  cpus: z.number().positive().nullable(),
  upstreamLatencyMs: z.number().min(0).nullable(),
  payload: z.string().nullable(),
  /** Tool, duration, and what a reader must know of either. */
  method: z.string(),
  /** Whether the figures here were compared with those in the source. */
  checked: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stored-copy'), of: z.string() }),
    z.strictObject({ kind: z.literal('not-reached'), reason: z.string() }),
  ]),
});
export type ClaimSource = z.infer<typeof ClaimSource>;

/** What is published, with its unit. */
export const CLAIM_METRICS = {
  rps: 'req/s',
  p50: 'ms',
  p90: 'ms',
  p95: 'ms',
  p99: 'ms',
  mean: 'ms',
  max: 'ms',
  /** Latency less that without the gateway. */
  overhead_p50: 'ms',
  overhead_p95: 'ms',
  overhead_p99: 'ms',
  overhead_mean: 'ms',
  memory: 'MB',
  cpu: '% of one core',
  cpu_per_request: 'µs',
  error_rate: '%',
  /** Added to the time to the first token of a stream. */
  ttft_overhead_p50: 'ms',
  ttft_overhead_p99: 'ms',
  streams: 'streams',
  cold_start: 's',
  image_size: 'MB',
  package_size: 'MB',
  /** Over that of the gateway `against`. */
  rps_ratio: 'times',
  latency_ratio: 'times',
} as const;
export type ClaimMetric = keyof typeof CLAIM_METRICS;

/** The load under which a figure was measured. */
export const ClaimLoad = z.discriminatedUnion('model', [
  /** So many requests in flight. */
  z.strictObject({
    model: z.literal('closed'),
    vus: z.number().int().positive(),
    stream: z.literal(true).optional(),
  }),
  /** So many arrivals a second, whatever is in flight. */
  z.strictObject({ model: z.literal('open'), ratePerSec: z.number().positive() }),
  /** The highest rate within a bound. */
  z.strictObject({ model: z.literal('search'), bound: z.string() }),
  z.strictObject({ model: z.literal('unknown') }),
]);
export type ClaimLoad = z.infer<typeof ClaimLoad>;

/** A published figure. */
export const Claim = z
  .strictObject({
    gateway: z.string(),
    version: z.string(),
    metric: z.enum(Object.keys(CLAIM_METRICS) as [ClaimMetric, ...ClaimMetric[]]),
    value: z.number(),
    /** The value is a bound: "less than 1 ms". */
    bound: z.enum(['at-most', 'at-least']).optional(),
    /** As published: an interval, a range or quartiles. */
    interval: z.tuple([z.number(), z.number()]).optional(),
    load: ClaimLoad,
    /** The load that stands for an unknown one. */
    readAs: z.strictObject({ vus: z.number().int().positive(), upstreamLatencyMs: z.number().min(0) }).optional(),
    source: z.string(),
    /** Where they differ from the source's. */
    cpus: z.number().positive().optional(),
    /** The gateway that a ratio is to. */
    against: z.string().optional(),
    /** Why one machine can't measure it. */
    needs: z.string().optional(),
    note: z.string().optional(),
  })
  .refine(({ readAs, load }) => readAs === undefined || load.model === 'unknown', {
    message: 'readAs is for an unknown load',
  });
export type Claim = z.infer<typeof Claim>;

/** A function by regular expressions; both must hold where both are given. */
const FrameMatch = z
  .strictObject({ name: z.string().optional(), file: z.string().optional() })
  .refine(({ name, file }) => name !== undefined || file !== undefined, { message: 'give a name or a file' });
export type FrameMatch = z.infer<typeof FrameMatch>;

/** How a published sentence about a profile is checked against a captured one: as data, so that no code knows a gateway. */
export const ProfileCheck = z.discriminatedUnion('kind', [
  /** A share of the profile's weight: of stacks that end in the function, or that it is in. */
  z.strictObject({
    kind: z.literal('share'),
    profiler: ProfilerName,
    frame: FrameMatch,
    of: z.enum(['self', 'total']),
    value: z.number().min(0).max(1),
  }),
  /** What a leaf's time is really spent on, by the categories of its stacks. */
  z.strictObject({ kind: z.literal('cause'), profiler: ProfilerName, frame: FrameMatch, category: Category }),
  /** Functions that call each other in this order, root first, others between them. Hot from `atLeast` of the weight. */
  z.strictObject({
    kind: z.literal('path'),
    profiler: ProfilerName,
    path: z.array(FrameMatch).min(1),
    atLeast: z.number().min(0).max(1),
  }),
  /** The publisher could capture no profile. */
  z.strictObject({ kind: z.literal('not-captured') }),
]);
export type ProfileCheck = z.infer<typeof ProfileCheck>;

/** A published sentence about a profile. */
export const PublishedProfile = z.strictObject({
  gateway: z.string(),
  /** Null where nothing was captured. */
  tool: z.string().nullable(),
  vus: z.number().optional(),
  seconds: z.number().optional(),
  claim: z.string(),
  source: z.string(),
  /** All that the sentence says and a profile can show; together they decide on it. */
  checks: z.array(ProfileCheck).min(1),
});
export type PublishedProfile = z.infer<typeof PublishedProfile>;

/** What a source says of the shape of a gateway's curve. */
export const PublishedShape = z.strictObject({
  gateway: z.string(),
  shape: z.enum(['linear', 'sub-linear', 'ceiling', 'plateau', 'cliff']),
  atVus: z.number().optional(),
  atRatePerSec: z.number().optional(),
  source: z.string(),
});
export type PublishedShape = z.infer<typeof PublishedShape>;

/** A file in `results/published/`. */
export const Claims = z.strictObject({
  about: z.string(),
  sources: z.record(z.string(), ClaimSource),
  profiles: z.array(PublishedProfile),
  shapes: z.array(PublishedShape),
  claims: z.array(Claim),
});
export type Claims = z.infer<typeof Claims>;
