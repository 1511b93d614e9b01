import { type Location, Profile as PprofFile, type Function as PprofFunction } from 'pprof-format';
import type { Frame, Profile, ProfileKind, ProfileMeta } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { blankMeta, ProfileBuilder } from '../../profile-builder.js';
import { guessKind, kernelFramesAmong } from '../../symbols/frame-origin.js';
import { goPackageOf } from '../../symbols/go-symbol.js';
import { type ProfileFormat, single } from '../format.js';
import { type Columns, chooseColumns } from './columns.js';
import { exportPprof, fromComments } from './export.js';
import { beginsAsProfile, checkProfileFields } from './fields.js';

const EXPECTED = 'a pprof profile (https://github.com/google/pprof/blob/main/proto/profile.proto)';

interface PprofOptions {
  title: string;
  /** Given if the file doesn't say: Go's mutex and block profiles look alike. */
  kind?: ProfileKind;
}

/**
 * Parses a pprof profile of any language. Go's frames have the kind `go`, inlined or not, so that a function is one
 * frame; its module is the package. In other languages inlined frames have the kind `inlined`.
 * @param bytes not gzipped
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

/** The decoder reads int64 as unsigned. */
function signed(value: number | bigint): number {
  return Number(typeof value === 'bigint' ? BigInt.asIntN(64, value) : value);
}

/** @throws FormatError if it is negative, as in a diff of two profiles, or too large to be a count */
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
  const isTimed = (columns.kind === 'cpu' || columns.unit === 'events') && periodUnit === 'nanoseconds' && period > 0;
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

/** As decoded: a number if it is small, else a bigint. */
type Id = number | bigint;
type Text = (index: Id, field: string) => string;

/** Turns a pprof file's locations into frames. */
class PprofFrames {
  /** Whether a Go program was profiled. */
  readonly isGo: boolean;
  readonly #functions: Map<Id, PprofFunction>;
  readonly #locations: Map<Id, Location>;
  readonly #modules: Map<Id, string>;
  /** By location: the builder's indices, outermost first. */
  readonly #frames = new Map<Id, readonly number[]>();

  constructor(
    file: PprofFile,
    private readonly text: Text,
    private readonly builder: ProfileBuilder,
  ) {
    this.#functions = new Map(file.function.map((one) => [one.id, one]));
    this.#locations = new Map(file.location.map((one) => [one.id, one]));
    this.#modules = new Map(file.mapping.map(({ id, filename }) => [id, text(filename, 'mapping')]));
    this.isGo = file.function.some(({ filename }) => text(filename, 'function').endsWith('.go'));
  }

  /** Root first. @param ids leaf first, as in the file */
  stack(ids: readonly Id[], field: string): number[] {
    const stack: number[] = [];
    for (const id of ids.toReversed()) for (const frame of this.#location(id, field)) stack.push(frame);
    return stack;
  }

  #location(id: Id, field: string): readonly number[] {
    const known = this.#frames.get(id);
    if (known) return known;
    const location = this.#locations.get(id);
    if (!location) throw new FormatError(`no location ${id}`, { field, expected: 'ids of locations' });
    const module = this.#modules.get(location.mappingId) || null;
    // The last line is the function itself; the ones before it were inlined into it.
    const lines = location.line.toReversed();
    const frames = lines.map(({ functionId }, depth) => this.#line(functionId, module, depth > 0, id));
    if (frames.length === 0) frames.push({ name: '[unknown]', file: null, line: null, module, kind: 'unknown' });
    const indices = frames.map((frame) => this.builder.frame(frame));
    this.#frames.set(id, indices);
    return indices;
  }

  #line(functionId: Id, module: string | null, isInlined: boolean, locationId: Id): Frame {
    const found = this.#functions.get(functionId);
    if (!found) {
      throw new FormatError(`no function ${functionId}`, {
        field: `location ${locationId}`,
        expected: 'ids of functions',
      });
    }
    const name = this.text(found.name, 'function') || this.text(found.systemName, 'function') || '[unknown]';
    const file = this.text(found.filename, 'function') || null;
    const startLine = Number(BigInt.asIntN(64, BigInt(found.startLine)));
    const line = Number.isSafeInteger(startLine) && startLine > 0 ? startLine : null;
    if (this.isGo && isGoFile(file)) {
      const goModule = goPackageOf(name);
      if (goModule !== null) return { name, file, line, module: goModule, kind: 'go' };
    }
    const frame = { name, file, line, module };
    return { ...frame, kind: isInlined ? 'inlined' : guessKind(frame) };
  }
}

/** Assembly and compiler-generated code are Go too; linked C code has other files. */
function isGoFile(file: string | null): boolean {
  return file === null || /\.(go|s)$/.test(file) || file === '<autogenerated>';
}

export const pprofFormat: ProfileFormat = {
  name: 'pprof',
  title: 'pprof',
  kind: 'whole',
  detect: (start) => start.kind === 'binary' && beginsAsProfile(start.bytes),
  parse: (bytes, title) => single(parsePprof(bytes, { title })),
  export: { fileName: 'profile.pb.gz', gzipped: true, write: exportPprof },
};
