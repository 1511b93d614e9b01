import type { Frame, Profile, WeightUnit } from '../../../model/profile.js';
import { blankMeta } from '../../blank-meta.js';
import { ProfileBuilder } from '../../profile-builder.js';
import { foldedFrame } from '../folded/parse-folded.js';
import { FormatError } from '../format-error.js';
import { guessKind, kernelFramesAmong } from '../frame-kind.js';
import { checked, parseJson } from '../json-document.js';
import { closedStacks } from './speedscope-events.js';
import { type InnerProfile, SpeedscopeFile, type SpeedscopeFrame, type ValueUnit } from './speedscope-file.js';

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
 * A speedscope file with sampled or evented profiles. Several (threads, mostly) become one, of all that have the unit
 * of the active one. What we exported ourselves comes back as it was.
 * @param title for a file without a name
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
  // speedscope itself imports perf and folded stacks, and keeps the marks of kinds in their names: `read_[k]`.
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
    ...(read.length > 1 ? [`${read.length} profiles of the file were added up: ${names(read)}.`] : []),
    ...(leftOut.length > 0 ? [`Left out, because not in the unit of ${active.name}: ${names(leftOut)}.`] : []),
    ...(active.type === 'evented'
      ? ['The file holds calls, not samples: a sample here is a stretch in one stack.']
      : []),
  ];
}
