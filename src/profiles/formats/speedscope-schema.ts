import { z } from 'zod';
import { FrameKind, ProfileMeta, Thread } from '../../model/profile.js';

export const SPEEDSCOPE_SCHEMA_URL = 'https://www.speedscope.app/file-format-schema.json';

const ValueUnit = z.enum(['none', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']);
export type ValueUnit = z.infer<typeof ValueUnit>;

/** dotnet-trace writes `"12.5"`. */
const Value = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(?:\.\d+)?(?:E[+-]?\d+)?$/)
    .transform(Number),
]);

const common = { name: z.string().default(''), unit: ValueUnit, startValue: Value, endValue: Value };

const SampledProfile = z.object({
  type: z.literal('sampled'),
  ...common,
  /** Stacks, root first. */
  samples: z.array(z.array(z.number())),
  weights: z.array(z.number()),
});
export type SampledProfile = z.infer<typeof SampledProfile>;

const EventedProfile = z.object({
  type: z.literal('evented'),
  ...common,
  /** Open and close, in chronological order. */
  events: z.array(z.object({ type: z.enum(['O', 'C']), at: z.number(), frame: z.number() })),
});
export type EventedProfile = z.infer<typeof EventedProfile>;

export type InnerProfile = SampledProfile | EventedProfile;

const SpeedscopeFrame = z.object({
  name: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  /** Ours, like `kind` and `rawName`: speedscope ignores other fields. */
  module: z.string().optional(),
  kind: FrameKind.optional(),
  rawName: z.string().optional(),
});
export type SpeedscopeFrame = z.infer<typeof SpeedscopeFrame>;

/**
 * https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources, plus what our own exports add so that an
 * import restores the whole profile.
 */
export const SpeedscopeFile = z.object({
  $schema: z.literal(SPEEDSCOPE_SCHEMA_URL),
  name: z.string().optional(),
  exporter: z.string().optional(),
  activeProfileIndex: z.number().optional(),
  shared: z.object({ frames: z.array(SpeedscopeFrame) }),
  profiles: z.array(z.discriminatedUnion('type', [SampledProfile, EventedProfile])).min(1),
  gatebench: z
    .object({
      meta: ProfileMeta,
      /** Parallel to the samples of the only profile: how many samples each stack has. */
      samples: z.array(z.number().int().min(0)),
      /** Of all samples; each sample's is in `sampleThreads`, -1 for none. Files from before they were kept have neither. */
      threads: z.array(Thread).default([]),
      sampleThreads: z.array(z.number().int().min(-1)).default([]),
    })
    .optional(),
});
/** As it is read: with defaults. */
export type ReadSpeedscopeFile = z.output<typeof SpeedscopeFile>;
/** As it is written. */
export type SpeedscopeFile = z.input<typeof SpeedscopeFile>;
