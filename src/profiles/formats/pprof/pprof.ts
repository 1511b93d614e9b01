import { Profile as PprofFile, type Sample } from 'pprof-format';
import type { Frame, Profile, ProfileKind, ProfileMeta, Thread } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { blankMeta, ProfileBuilder } from '../../profile-builder.js';
import { kernelFramesAmong } from '../../symbols/frame-origin.js';
import type { ProfileFormat, ProfileSet } from '../format.js';
import { type Column, readColumns } from './columns.js';
import { exportPprof, fromComments } from './export.js';
import { beginsAsProfile, checkProfileFields } from './fields.js';
import { threadOf } from './labels.js';
import { PprofFrames, type Text } from './pprof-frames.js';

const EXPECTED = 'a pprof profile (https://github.com/google/pprof/blob/main/proto/profile.proto)';

interface PprofOptions {
  title: string;
  /** Given if the file doesn't say: Go's mutex and block profiles look alike. */
  kind?: ProfileKind;
}

/** The profile that pprof shows of a file: see {@link parsePprofSet}. */
export function parsePprof(bytes: Uint8Array, options: PprofOptions): Profile {
  const { profiles, chosen } = parsePprofSet(bytes, options);
  return profiles[chosen] ?? profiles[0];
}

/**
 * Parses a pprof profile of any language: a profile for each of its sample types. Go's frames have the kind `go`, inlined
 * or not, so that a function is one frame; its module is the package. In other languages inlined frames have the kind
 * `inlined`. Samples without a location are kept, so that totals are those of `go tool pprof -top`.
 * @param bytes not gzipped
 * @throws FormatError
 */
export function parsePprofSet(bytes: Uint8Array, options: PprofOptions): ProfileSet {
  const file = decode(bytes);
  const strings = file.stringTable.strings;
  const text: Text = (index, field) => {
    const found = strings[Number(index)];
    if (found === undefined) throw new FormatError(`no string ${index}`, { field, expected: EXPECTED });
    return found;
  };
  const { columns, chosen } = readColumns(
    file.sampleType.map(({ type, unit }) => ({ type: text(type, 'sample_type'), unit: text(unit, 'sample_type') })),
    text(file.defaultSampleType, 'default_sample_type'),
  );
  const frames = new PprofFrames(file, text);
  const samples = file.sample.map((sample, index) => readSample(sample, `sample[${index}]`, columns, frames, text));
  const own = fromComments(file.comment.map((index) => text(index, 'comment')));
  const profiles = columns.map((column) => {
    const bare = buildColumn(column, samples, frames, {
      title: own?.title ?? options.title,
      tool: frames.isGo ? 'Go runtime/pprof' : 'pprof',
      ...timing(file, column, text),
    });
    const isMutex = column.kind === 'block' && waitsAtUnlock(bare);
    const kind = options.kind ?? own?.kind ?? (isMutex ? 'mutex' : column.kind);
    const meta = { ...bare.meta, kind, kernel: kernelFramesAmong(bare.frames) };
    return { ...bare, meta: { ...meta, caveats: own?.caveats ?? goCaveats(frames.isGo, meta) } };
  });
  const [first, ...others] = profiles;
  if (!first) throw new FormatError('no sample type', { field: 'sample_type', expected: EXPECTED });
  return { profiles: [first, ...others], chosen };
}

interface ReadSample {
  /** Indices of frames, root first. */
  stack: readonly number[];
  values: readonly number[];
  thread: Thread | null;
}

function readSample(
  { value, locationId, label }: Sample,
  field: string,
  columns: readonly Column[],
  frames: PprofFrames,
  text: Text,
): ReadSample {
  if (value.length !== columns.length) {
    throw new FormatError(`${value.length} values`, { field, expected: `${columns.length}, one a type` });
  }
  const values = value.map((each) => amount(each, field));
  return { values, stack: frames.stack(locationId, field), thread: threadOf(label, text, signed) };
}

/** The samples that a column counts. */
function buildColumn(
  column: Column,
  samples: readonly ReadSample[],
  frames: PprofFrames,
  known: Partial<ProfileMeta> & Pick<ProfileMeta, 'title'>,
): Profile {
  const builder = new ProfileBuilder();
  const indices: number[] = [];
  const indexOf = (frame: number): number => {
    const made = indices[frame];
    if (made !== undefined) return made;
    const index = builder.frame(frames.at(frame));
    indices[frame] = index;
    return index;
  };
  for (const { stack, values, thread } of samples) {
    const weight = (values[column.weight] ?? 0) * column.scale;
    const count = column.samples === null ? 1 : (values[column.samples] ?? 0);
    // As of memory that is no longer in use.
    if (weight === 0 && count === 0) continue;
    builder.add(stack.map(indexOf), count, weight, { thread: thread === null ? undefined : builder.thread(thread) });
  }
  const { unit, event } = column;
  return builder.build(blankMeta({ ...known, unit, event }));
}

function decode(bytes: Uint8Array): PprofFile {
  if (bytes.length === 0) throw new FormatError('empty', { expected: EXPECTED });
  checkProfileFields(bytes, EXPECTED);
  try {
    return PprofFile.decode(bytes);
  } catch (cause) {
    throw new FormatError('not a protobuf message', { expected: EXPECTED, cause });
  }
}

/** The decoder reads int64 as unsigned. */
function signed(value: number | bigint): number {
  return Number(typeof value === 'bigint' ? BigInt.asIntN(64, value) : value);
}

/** @throws FormatError if it is negative, as in a diff of two profiles, or too large to be a count */
function amount(value: number | bigint | undefined, field: string): number {
  const counted = signed(value ?? 0);
  if (counted < 0) {
    throw new FormatError(`${counted}: the file is the difference of two profiles (-base, -diff_base)`, {
      field,
      expected: 'a profile; gatebench flame diff compares two',
    });
  }
  if (!Number.isSafeInteger(counted)) throw new FormatError(`${counted}`, { field, expected: 'values up to 2^53' });
  return counted;
}

function timing(file: PprofFile, column: Column, text: Text): Pick<ProfileMeta, 'rateHz' | 'startedAt' | 'durationS'> {
  const period = signed(file.period);
  const periodUnit = file.periodType ? text(file.periodType.unit, 'period_type') : '';
  const isTimed = (column.kind === 'cpu' || column.unit === 'events') && periodUnit === 'nanoseconds' && period > 0;
  const startMs = signed(file.timeNanos) / 1e6;
  const duration = signed(file.durationNanos);
  // The range of dates (ECMA-262, "Time Values and Time Range").
  const dated = startMs > 0 && startMs <= 8.64e15;
  return {
    rateHz: isTimed ? 1e9 / period : null,
    startedAt: dated ? new Date(startMs).toISOString() : null,
    durationS: duration > 0 ? duration / 1e9 : null,
  };
}

/** Go bills a mutex's delay to the function that unlocks it, and a block profile's to the one that waits. */
function waitsAtUnlock({ frames, stacks }: Profile): boolean {
  let all = 0;
  let unlocking = 0;
  for (const { frames: stack, weight } of stacks) {
    all += weight;
    const leaf: Frame | undefined = frames[stack.at(-1) ?? -1];
    if (leaf && /\.(R?Unlock|unlock2?)$|^runtime\._LostContendedRuntimeLock$/.test(leaf.name)) unlocking += weight;
  }
  return unlocking * 2 > all;
}

function goCaveats(isGo: boolean, { kind, kernel }: ProfileMeta): string[] {
  if (!isGo) return [];
  if (kind === 'cpu' && kernel === 'absent') {
    return ['No kernel frames: kernel time is billed to the function that made the system call (Syscall6).'];
  }
  if (kind === 'mutex') return ['Weights are the time others waited, billed to the function that released the lock.'];
  if (kind === 'block') return ['Weights are the waiting time of all goroutines, idle workers included.'];
  return [];
}

export const pprofFormat: ProfileFormat = {
  name: 'pprof',
  title: 'pprof',
  kind: 'whole',
  detect: (start) => start.kind === 'binary' && beginsAsProfile(start.bytes),
  parse: (bytes, title) => parsePprofSet(bytes, { title }),
  export: { fileName: 'profile.pb.gz', gzipped: true, write: exportPprof },
};
