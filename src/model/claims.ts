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
  /** Whether the figures here were compared with those in the source. */
  checked: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stored-copy'), of: z.string() }),
    z.strictObject({ kind: z.literal('not-reached'), reason: z.string() }),
  ]),
});
export type ClaimSource = z.infer<typeof ClaimSource>;

/** A published figure. */
export const Claim = z.strictObject({
  gateway: z.string(),
  version: z.string(),
  metric: z.enum(['rps', 'p50', 'p90', 'p95', 'p99', 'memory', 'error_rate', 'cpu', 'mean', 'max']),
  unit: z.string(),
  vus: z.number(),
  value: z.number(),
  source: z.string(),
  load: z.string(),
  publisher: z.string(),
  note: z.string().optional(),
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

/** `results/published/claims.json`. */
export const Claims = z.strictObject({
  about: z.string(),
  sources: z.record(z.string(), ClaimSource),
  profiles: z.array(PublishedProfile),
  shapes: z.array(PublishedShape),
  claims: z.array(Claim),
});
export type Claims = z.infer<typeof Claims>;
