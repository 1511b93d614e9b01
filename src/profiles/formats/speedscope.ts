import type { Frame, Profile, Thread, WeightUnit } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { guessKind, kernelFramesAmong } from '../symbols/frame-origin.js';
import { dotnetProfiles } from './dotnet.js';
import { foldedFrame } from './folded.js';
import { hasKey, type ProfileFormat, type ProfileSet, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';
import { exportSpeedscope } from './speedscope-export.js';
import {
  type EventedProfile,
  type InnerProfile,
  type ReadSpeedscopeFile,
  type SampledProfile,
  SpeedscopeFile,
  type SpeedscopeFrame,
  type ValueUnit,
} from './speedscope-schema.js';

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
 * Parses a speedscope file with sampled or evented profiles, as py-spy, rbspy, dotnet-trace and others write them. The
 * profiles of one unit are the threads of one profile. Our own exports are restored, but for their order in time.
 * @param title used if the file has no name
 * @throws FormatError
 */
export function parseSpeedscope(text: string, title: string): ProfileSet {
  const file = checked(SpeedscopeFile, parseJson(text, EXPECTED), EXPECTED);
  const active = file.profiles[file.activeProfileIndex ?? 0] ?? file.profiles[0];
  const units = [...new Set(file.profiles.map(({ unit }) => UNITS[unit].unit))];
  const chosen = units.findIndex((unit) => active && UNITS[active.unit].unit === unit);
  const [first, ...others] = units.map((unit) => buildUnit(file, unit, title));
  if (!first) throw new FormatError('no profile', { field: 'profiles', expected: EXPECTED });
  return dotnetProfiles({ profiles: [first, ...others], chosen });
}

/** The profile of one unit. */
function buildUnit(file: ReadSpeedscopeFile, unit: WeightUnit, title: string): Profile {
  const builder = new ProfileBuilder();
  const indices = file.shared.frames.map((frame) => builder.frame(frameOf(frame)));
  const threads = [...file.profiles.entries()].filter(([, profile]) => UNITS[profile.unit].unit === unit);
  for (const [index, profile] of threads) {
    const thread = threads.length > 1 ? builder.thread(threadOf(profile.name)) : undefined;
    addProfile(builder, { file, profile, thread, indices, field: `profiles[${index}]` });
  }
  const name = file.name || (threads.length === 1 ? threads[0]?.[1].name : '') || title;
  const built = builder.build(file.gatebench?.meta ?? blankMeta({ title: name, unit }));
  if (file.gatebench) return built;
  const inNs = (value: number, profile: InnerProfile) => value * UNITS[profile.unit].scale;
  const startNs = Math.min(...threads.map(([, profile]) => inNs(profile.startValue, profile)));
  const endNs = Math.max(...threads.map(([, profile]) => inNs(profile.endValue, profile)));
  const isEvented = threads.some(([, { type }]) => type === 'evented');
  const meta = blankMeta({
    ...built.meta,
    kind: unit === 'bytes' ? 'other' : 'cpu',
    tool: file.exporter ?? null,
    durationS: unit === 'nanoseconds' ? (endNs - startNs) / 1e9 : null,
    kernel: kernelFramesAmong(built.frames),
    caveats: isEvented
      ? ['The file holds calls, not samples: here a sample is a period in which the stack stayed the same.']
      : [],
  });
  return { ...built, meta };
}

interface Reading {
  file: ReadSpeedscopeFile;
  profile: InnerProfile;
  /** In the builder; undefined if the profile is the only one. */
  thread: number | undefined;
  /** In the builder, of the file's frames. */
  indices: readonly number[];
  /** Where the profile is in its file, for errors. */
  field: string;
}

/** @throws FormatError */
function addProfile(builder: ProfileBuilder, { file, profile, thread, indices, field }: Reading): void {
  const { scale, unit } = UNITS[profile.unit];
  const own = file.gatebench;
  // Our own samples have no order, and bytes no time.
  const hasTime = unit === 'nanoseconds' && !own;
  const stretches = profile.type === 'evented' ? closedStacks(profile, field) : sampledStacks(profile, field);
  for (const { frames, value, at, place, index } of stretches) {
    const stack = frames.map((frame) => {
      const known = indices[frame];
      if (known === undefined)
        throw new FormatError(`no frame ${frame}`, { field: place, expected: 'indices of frames' });
      return known;
    });
    const ownThread = own?.threads[own.sampleThreads[index] ?? -1];
    const isCount = profile.type === 'sampled' && profile.unit === 'none' && Number.isSafeInteger(value);
    builder.add(stack, own?.samples[index] ?? (isCount ? value : 1), value * scale, {
      thread: ownThread ? builder.thread(ownThread) : thread,
      atUs: hasTime ? (at * scale) / 1000 : undefined,
    });
  }
}

/** `Thread (4711)` of dotnet-trace; others name a thread as they like. */
function threadOf(name: string): Thread {
  const [, id] = /^Thread \((\d+)\)$/.exec(name) ?? [];
  return id === undefined ? { comm: name || null, pid: null, tid: null } : { comm: null, pid: null, tid: Number(id) };
}

function frameOf({ name, file, line, module, kind, rawName }: SpeedscopeFrame): Frame {
  const raw = rawName === undefined ? {} : { rawName };
  const known = { name, file: file ?? null, line: wholeLine(line), module: module ?? null, ...raw };
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

/** A period (or a number of bytes) in which the stack stayed the same. */
interface Stretch {
  /** Root first; the file's indices. */
  frames: readonly number[];
  /** In the profile's unit, like `at`. */
  value: number;
  /** When it began. */
  at: number;
  /** Of the sample or event. */
  index: number;
  /** Where that is in the file, for errors. */
  place: string;
}

/** @throws FormatError */
function* sampledStacks({ samples, weights, startValue }: SampledProfile, field: string): Generator<Stretch> {
  if (samples.length !== weights.length) {
    const expected = `one for each of the ${samples.length} samples`;
    throw new FormatError(`${weights.length} weights`, { field: `${field}.weights`, expected });
  }
  let at = startValue;
  for (const [index, frames] of samples.entries()) {
    const value = weights[index] ?? 0;
    if (value < 0) throw new FormatError(`${value}`, { field: `${field}.weights[${index}]`, expected: '0 or more' });
    yield { frames, value, at, index, place: `${field}.samples[${index}]` };
    at += value;
  }
}

/**
 * Splits an evented profile into stretches of one stack each. Empty ones, and those outside any frame, are left out.
 * @param field where the profile is in its file, for errors
 * @throws FormatError if events aren't nested or in order
 */
function* closedStacks({ events, startValue, endValue }: EventedProfile, field: string): Generator<Stretch> {
  const open: number[] = [];
  let since = startValue;
  const stretch = (until: number, index: number): Stretch => {
    return { frames: [...open], value: until - since, at: since, index, place: `${field}.events` };
  };
  for (const [index, { type, at, frame }] of events.entries()) {
    const place = `${field}.events[${index}]`;
    if (at < since) throw new FormatError(`at ${at}, after ${since}`, { field: place, expected: 'events in order' });
    if (at > since && open.length > 0) yield stretch(at, index);
    since = at;
    if (type === 'O') open.push(frame);
    else if (open.at(-1) === frame) open.pop();
    else {
      const expected = open.length > 0 ? `frame ${open.at(-1)}, which was opened last` : 'an open frame';
      throw new FormatError(`closes frame ${frame}`, { field: place, expected });
    }
  }
  if (open.length > 0 && endValue > since) yield stretch(endValue, events.length);
}

export const speedscopeFormat: ProfileFormat = {
  name: 'speedscope',
  title: 'speedscope',
  kind: 'whole',
  detect: (start) =>
    start.kind === 'json' &&
    (start.text.includes('speedscope.app/file-format-schema') || hasKey(start.text, 'shared', '\\{\\s*"frames"')),
  fileName: /\.speedscope\.json$/,
  parse: (bytes, title) => parseSpeedscope(textOf(bytes), title),
  export: { fileName: 'profile.speedscope.json', write: exportSpeedscope },
};
