import { z } from 'zod';
import { type Frame, FrameKind, type Profile, ProfileMeta, type WeightUnit } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { guessKind, kernelFramesAmong } from '../symbols/frame-origin.js';
import { foldedFrame } from './folded.js';
import { hasKey, type ProfileFormat, single, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';

const SPEEDSCOPE_SCHEMA_URL = 'https://www.speedscope.app/file-format-schema.json';

const ValueUnit = z.enum(['none', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']);
type ValueUnit = z.infer<typeof ValueUnit>;

const common = { name: z.string().default(''), unit: ValueUnit, startValue: z.number(), endValue: z.number() };

const SampledProfile = z.object({
  type: z.literal('sampled'),
  ...common,
  /** Stacks, root first. */
  samples: z.array(z.array(z.number())),
  weights: z.array(z.number()),
});
type SampledProfile = z.infer<typeof SampledProfile>;

const EventedProfile = z.object({
  type: z.literal('evented'),
  ...common,
  /** Open and close, in chronological order. */
  events: z.array(z.object({ type: z.enum(['O', 'C']), at: z.number(), frame: z.number() })),
});
type EventedProfile = z.infer<typeof EventedProfile>;

type InnerProfile = SampledProfile | EventedProfile;

const SpeedscopeFrame = z.object({
  name: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  /** Ours, like `kind`: speedscope ignores other fields. */
  module: z.string().optional(),
  kind: FrameKind.optional(),
});
type SpeedscopeFrame = z.infer<typeof SpeedscopeFrame>;

/**
 * https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources, plus what our own exports add so that an
 * import restores the whole profile.
 */
const SpeedscopeFile = z.object({
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
    })
    .optional(),
});
type SpeedscopeFile = z.infer<typeof SpeedscopeFile>;

const EXPECTED = "a file of speedscope's own format";

const UNITS: Record<ValueUnit, { unit: WeightUnit; scale: number }> = {
  none: { unit: 'samples', scale: 1 },
  nanoseconds: { unit: 'nanoseconds', scale: 1 },
  microseconds: { unit: 'nanoseconds', scale: 1e3 },
  milliseconds: { unit: 'nanoseconds', scale: 1e6 },
  seconds: { unit: 'nanoseconds', scale: 1e9 },
  bytes: { unit: 'bytes', scale: 1 },
};

/**
 * Parses a speedscope file with sampled or evented profiles. Profiles in the active profile's unit (threads, mostly)
 * are merged into one. Our own exports are restored as they were.
 * @param title used if the file has no name
 * @throws FormatError
 */
export function parseSpeedscope(text: string, title: string): Profile {
  const file = checked(SpeedscopeFile, parseJson(text, EXPECTED), EXPECTED);
  const active = file.profiles[file.activeProfileIndex ?? 0] ?? file.profiles[0];
  if (!active) throw new FormatError('no profile', { field: 'profiles', expected: EXPECTED });
  const { unit } = UNITS[active.unit];

  const builder = new ProfileBuilder();
  const indices = file.shared.frames.map((frame) => builder.frame(frameOf(frame)));
  const read: string[] = [];
  const leftOut: string[] = [];
  file.profiles.forEach((profile, index) => {
    const isSame = UNITS[profile.unit].unit === unit;
    (isSame ? read : leftOut).push(profile.name);
    if (isSame) addProfile(builder, profile, indices, `profiles[${index}]`, file.gatebench?.samples ?? []);
  });

  const profile = builder.build(file.gatebench?.meta ?? blankMeta({ title: file.name || active.name || title, unit }));
  if (file.gatebench) return profile;
  const meta = {
    ...profile.meta,
    kind: unit === 'bytes' ? ('other' as const) : ('cpu' as const),
    tool: file.exporter ?? null,
    durationS: unit === 'nanoseconds' ? ((active.endValue - active.startValue) * UNITS[active.unit].scale) / 1e9 : null,
    kernel: kernelFramesAmong(profile.frames),
    caveats: caveats(active, read, leftOut),
  };
  return { ...profile, meta };
}

function addProfile(
  builder: ProfileBuilder,
  profile: InnerProfile,
  indices: readonly number[],
  field: string,
  sampleCounts: readonly number[],
): void {
  const { scale } = UNITS[profile.unit];
  const stackOf = (frames: readonly number[], at: string) =>
    frames.map((frame) => {
      const index = indices[frame];
      if (index === undefined) throw new FormatError(`no frame ${frame}`, { field: at, expected: 'indices of frames' });
      return index;
    });
  if (profile.type === 'evented') {
    for (const { frames, value } of closedStacks(profile, field)) {
      builder.add(stackOf(frames, `${field}.events`), 1, value * scale);
    }
    return;
  }
  const { samples, weights } = profile;
  if (samples.length !== weights.length) {
    const expected = `one for each of the ${samples.length} samples`;
    throw new FormatError(`${weights.length} weights`, { field: `${field}.weights`, expected });
  }
  samples.forEach((frames, index) => {
    const weight = weights[index] ?? 0;
    if (weight < 0) throw new FormatError(`${weight}`, { field: `${field}.weights[${index}]`, expected: '0 or more' });
    const isCount = profile.unit === 'none' && Number.isSafeInteger(weight);
    const count = sampleCounts[index] ?? (isCount ? weight : 1);
    builder.add(stackOf(frames, `${field}.samples[${index}]`), count, weight * scale);
  });
}

function frameOf({ name, file, line, module, kind }: SpeedscopeFrame): Frame {
  const known = { name, file: file ?? null, line: wholeLine(line), module: module ?? null };
  if (kind) return { ...known, kind };
  // speedscope imports perf and folded stacks, and keeps the suffixes in their names: `read_[k]`.
  const marked = foldedFrame(name);
  if (marked.name !== name)
    return { ...known, name: marked.name, module: known.module ?? marked.module, kind: marked.kind };
  return { ...known, kind: guessKind(known) };
}

function wholeLine(line: number | undefined): number | null {
  return line !== undefined && Number.isSafeInteger(line) ? line : null;
}

function caveats(active: InnerProfile, read: readonly string[], leftOut: readonly string[]): string[] {
  const names = (list: readonly string[]) => list.map((name) => name || '(unnamed)').join(', ');
  return [
    ...(read.length > 1 ? [`${read.length} profiles of the file were merged: ${names(read)}.`] : []),
    ...(leftOut.length > 0 ? [`Left out, because their unit isn't that of ${active.name}: ${names(leftOut)}.`] : []),
    ...(active.type === 'evented'
      ? ['The file holds calls, not samples: here a sample is a period in which the stack stayed the same.']
      : []),
  ];
}

/** A period (or a number of bytes) in which the stack stayed the same. */
interface Stretch {
  /** Root first; the file's indices. */
  frames: readonly number[];
  /** In the profile's unit. */
  value: number;
}

/**
 * Splits an evented profile into stretches of one stack each. Empty ones, and those outside any frame, are left out.
 * @param field where the profile is in its file, for errors
 * @throws FormatError if events aren't nested or in order
 */
function* closedStacks({ events, startValue, endValue }: EventedProfile, field: string): Generator<Stretch> {
  const open: number[] = [];
  let since = startValue;
  for (const [index, { type, at, frame }] of events.entries()) {
    const place = `${field}.events[${index}]`;
    if (at < since) throw new FormatError(`at ${at}, after ${since}`, { field: place, expected: 'events in order' });
    if (at > since && open.length > 0) yield { frames: [...open], value: at - since };
    since = at;
    if (type === 'O') open.push(frame);
    else if (open.at(-1) === frame) open.pop();
    else {
      const expected = open.length > 0 ? `frame ${open.at(-1)}, which was opened last` : 'an open frame';
      throw new FormatError(`closes frame ${frame}`, { field: place, expected });
    }
  }
  if (open.length > 0 && endValue > since) yield { frames: [...open], value: endValue - since };
}

const EXPORTED_UNITS: Record<WeightUnit, ValueUnit> = {
  nanoseconds: 'nanoseconds',
  samples: 'none',
  bytes: 'bytes',
  events: 'none',
};

/**
 * Exports a file for https://www.speedscope.app. Samples have no order in time: use "Left Heavy" and "Sandwich".
 * Metadata, modules and kinds are in fields that speedscope ignores and that an import restores.
 */
export function exportSpeedscope({ meta, frames, stacks }: Profile): string {
  const file: SpeedscopeFile = {
    $schema: SPEEDSCOPE_SCHEMA_URL,
    exporter: 'gatebench',
    name: meta.title,
    activeProfileIndex: 0,
    shared: { frames: frames.map(exportFrame) },
    profiles: [
      {
        type: 'sampled',
        name: meta.title,
        unit: EXPORTED_UNITS[meta.unit],
        startValue: 0,
        endValue: stacks.reduce((sum, { weight }) => sum + weight, 0),
        samples: stacks.map((stack) => stack.frames),
        weights: stacks.map(({ weight }) => weight),
      },
    ],
    gatebench: { meta, samples: stacks.map(({ samples }) => samples) },
  };
  return JSON.stringify(file);
}

function exportFrame({ name, file, line, module, kind }: Frame): SpeedscopeFrame {
  return {
    name,
    ...(file !== null && { file }),
    ...(line !== null && { line }),
    ...(module !== null && { module }),
    kind,
  };
}

export const speedscopeFormat: ProfileFormat = {
  name: 'speedscope',
  title: 'speedscope',
  kind: 'whole',
  detect: (start) =>
    start.kind === 'json' &&
    (start.text.includes('speedscope.app/file-format-schema') || hasKey(start.text, 'shared', '\\{\\s*"frames"')),
  fileName: /\.speedscope\.json$/,
  parse: (bytes, title) => single(parseSpeedscope(textOf(bytes), title)),
  export: { fileName: 'profile.speedscope.json', write: exportSpeedscope },
};
