import { z } from 'zod';
import { FrameKind, ProfileMeta } from '../../../model/profile.js';

export const SPEEDSCOPE_SCHEMA_URL = 'https://www.speedscope.app/file-format-schema.json';

const ValueUnit = z.enum(['none', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']);
export type ValueUnit = z.infer<typeof ValueUnit>;

const common = { name: z.string().default(''), unit: ValueUnit, startValue: z.number(), endValue: z.number() };

const SampledProfile = z.object({
  type: z.literal('sampled'),
  ...common,
  /** Stacks of frames, root first. */
  samples: z.array(z.array(z.number())),
  weights: z.array(z.number()),
});
export type SampledProfile = z.infer<typeof SampledProfile>;

const EventedProfile = z.object({
  type: z.literal('evented'),
  ...common,
  /** Open and close, in order of time. */
  events: z.array(z.object({ type: z.enum(['O', 'C']), at: z.number(), frame: z.number() })),
});
export type EventedProfile = z.infer<typeof EventedProfile>;

export type InnerProfile = SampledProfile | EventedProfile;

const SpeedscopeFrame = z.object({
  name: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  /** Ours: the format allows more fields, and speedscope passes over them. */
  module: z.string().optional(),
  kind: FrameKind.optional(),
});
export type SpeedscopeFrame = z.infer<typeof SpeedscopeFrame>;

/**
 * https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources, and what our own exports hold beside it so
 * that nothing is lost on the way back.
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
      /** Parallel to the samples of the only profile: how many samples each stack stands for. */
      samples: z.array(z.number().int().min(0)),
    })
    .optional(),
});
export type SpeedscopeFile = z.infer<typeof SpeedscopeFile>;
