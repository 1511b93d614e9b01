import { Profile as PprofFile } from 'pprof-format';
import type { Frame, Profile, ProfileKind, ProfileMeta } from '../../../model/profile.js';
import { blankMeta } from '../../blank-meta.js';
import { ProfileBuilder } from '../../profile-builder.js';
import { FormatError } from '../format-error.js';
import { kernelFramesAmong } from '../frame-kind.js';
import { fromComments } from './pprof-comments.js';
import { PprofFrames } from './pprof-frames.js';
import { type Columns, chooseColumns } from './pprof-values.js';
import { checkProfileFields } from './protobuf-fields.js';

const EXPECTED = 'a pprof profile (https://github.com/google/pprof/blob/main/proto/profile.proto)';

export interface PprofOptions {
  title: string;
  /** Where the file itself doesn't tell: Go's mutex and block profiles look alike. */
  kind?: ProfileKind;
}

/**
 * A pprof profile of any language. Of Go's, frames are of kind `go`, inlined or not: a function is one frame wherever
 * the compiler put it; its module is the package. Of others, what was inlined is of kind `inlined`.
 * @param bytes not gzipped any more
 * @throws FormatError
 */
export function parsePprof(bytes: Uint8Array, { title, kind }: PprofOptions): Profile {
  const file = decode(bytes);
  const strings = file.stringTable.strings;
  const text = (index: number | bigint, field: string): string => {
    const found = strings[Number(index)];
    if (found === undefined) throw new FormatError(`no string ${index}`, { field, expected: EXPECTED });
    return found;
  };
  const columns = chooseColumns(
    file.sampleType.map(({ type, unit }) => ({ type: text(type, 'sample_type'), unit: text(unit, 'sample_type') })),
  );
  const builder = new ProfileBuilder();
  const frames = new PprofFrames(file, text, builder);
  file.sample.forEach((sample, index) => {
    const field = `sample[${index}]`;
    if (sample.value.length !== file.sampleType.length) {
      throw new FormatError(`${sample.value.length} values`, {
        field,
        expected: `${file.sampleType.length}, one a type`,
      });
    }
    const weight = amount(sample.value[columns.weight], field) * columns.scale;
    const samples = columns.samples === null ? 1 : amount(sample.value[columns.samples], field);
    builder.add(frames.stack(sample.locationId, field), samples, weight);
  });

  const own = fromComments(file.comment.map((index) => text(index, 'comment')));
  const bare = builder.build(
    blankMeta({
      title: own?.title ?? title,
      unit: columns.unit,
      tool: frames.isGo ? 'Go runtime/pprof' : 'pprof',
      event: columns.event,
      ...timing(file, columns, text),
    }),
  );
  const meta: ProfileMeta = {
    ...bare.meta,
    kind: kind ?? own?.kind ?? (columns.kind === 'block' && waitsAtUnlock(bare) ? 'mutex' : columns.kind),
    kernel: kernelFramesAmong(bare.frames),
  };
  return { ...bare, meta: { ...meta, caveats: own?.caveats ?? goCaveats(frames.isGo, meta) } };
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

/** The decoder takes an int64 for unsigned. */
function signed(value: number | bigint): number {
  return Number(typeof value === 'bigint' ? BigInt.asIntN(64, value) : value);
}

/** @throws FormatError where it is negative, as in the difference of two profiles, or can't have been counted */
function amount(value: number | bigint | undefined, field: string): number {
  const counted = signed(value ?? 0);
  if (counted < 0) throw new FormatError(`${counted}`, { field, expected: 'values of a profile, not of a difference' });
  if (!Number.isSafeInteger(counted)) throw new FormatError(`${counted}`, { field, expected: 'values up to 2^53' });
  return counted;
}

function timing(
  file: PprofFile,
  columns: Columns,
  text: (index: number | bigint, field: string) => string,
): Pick<ProfileMeta, 'rateHz' | 'startedAt' | 'durationS'> {
  const period = signed(file.period);
  const periodUnit = file.periodType ? text(file.periodType.unit, 'period_type') : '';
  const isTimed = columns.kind === 'cpu' && periodUnit === 'nanoseconds' && period > 0;
  const startMs = signed(file.timeNanos) / 1e6;
  const duration = signed(file.durationNanos);
  // Beyond that there are no dates (ECMA-262, "Time Values and Time Range").
  const dated = startMs > 0 && startMs <= 8.64e15;
  return {
    rateHz: isTimed ? 1e9 / period : null,
    startedAt: dated ? new Date(startMs).toISOString() : null,
    durationS: duration > 0 ? duration / 1e9 : null,
  };
}

/** Go bills a mutex's delay to who unlocks it, and in the block profile to who waits. */
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
    return ['Kernel time is billed to the function that made the call (Syscall6): pprof sees no kernel frames.'];
  }
  if (kind === 'mutex')
    return ['Weights are the time that others waited, billed to the function that released the lock.'];
  if (kind === 'block') return ['Weights are time spent waiting, of all goroutines together: idle workers wait too.'];
  return [];
}
