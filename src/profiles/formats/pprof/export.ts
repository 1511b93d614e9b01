import {
  Line,
  Location,
  Mapping,
  Profile as PprofFile,
  Function as PprofFunction,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { type Frame, type Profile, ProfileKind, type ProfileMeta } from '../../../model/profile.js';

/**
 * Exports a pprof profile, not gzipped; `go tool pprof` reads it as it is. The format has no room for frame kinds (except
 * inlined), fractions of a unit, and metadata other than title, kind, rate, start, duration and caveats.
 */
export function exportPprof(profile: Profile): Uint8Array {
  const { meta, frames, stacks } = profile;
  const strings = new StringTable();
  const locations = new LocationTable(strings, frames);
  const valueType = ([type, unit]: readonly [string, string]) =>
    ValueType.create({ type: strings.dedup(type), unit: strings.dedup(unit) });
  const columns = columnsOf(meta);
  const sample = stacks.map(({ frames: stack, samples, weight }) =>
    Sample.create({
      locationId: locations.ids(stack),
      // If the weight is samples, one column is enough.
      value: columns.length === 1 ? [Math.round(weight)] : [samples, Math.round(weight)],
    }),
  );
  return new PprofFile({
    sampleType: columns.map(valueType),
    sample,
    mapping: locations.mappings,
    location: locations.locations,
    function: locations.functions,
    stringTable: strings,
    comment: toComments(meta).map((comment) => strings.dedup(comment)),
    ...(meta.startedAt !== null && { timeNanos: BigInt(Date.parse(meta.startedAt)) * 1_000_000n }),
    ...(meta.durationS !== null && { durationNanos: Math.round(meta.durationS * 1e9) }),
    ...(meta.rateHz !== null && {
      periodType: valueType(['cpu', 'nanoseconds']),
      period: Math.max(1, Math.round(1e9 / meta.rateHz)),
    }),
  }).encode();
}

/** Go's names. pprof shows the last column by default. */
function columnsOf({ unit, kind, event }: ProfileMeta): (readonly [string, string])[] {
  if (unit === 'bytes')
    return [
      ['alloc_objects', 'count'],
      ['alloc_space', 'bytes'],
    ];
  if (unit === 'events')
    return [
      ['samples', 'count'],
      [event ?? 'events', 'events'],
    ];
  if (unit === 'samples') return [[kind === 'cpu' ? 'samples' : 'events', 'count']];
  switch (kind) {
    case 'mutex':
    case 'block':
      return [
        ['contentions', 'count'],
        ['delay', 'nanoseconds'],
      ];
    case 'off-cpu':
      return [
        ['samples', 'count'],
        ['off-cpu', 'nanoseconds'],
      ];
    case 'cpu':
      return [
        ['samples', 'count'],
        ['cpu', 'nanoseconds'],
      ];
    case 'other':
      return [
        ['samples', 'count'],
        ['time', 'nanoseconds'],
      ];
    default:
      return kind satisfies never;
  }
}

/** Frames as pprof's functions and locations, without duplicates. Ids start at 1; 0 means none. */
class LocationTable {
  readonly functions: PprofFunction[] = [];
  readonly locations: Location[] = [];
  readonly mappings: Mapping[] = [];
  readonly #locationIds = new Map<string, number>();
  /** By frame. */
  readonly #single: number[] = [];
  readonly #hasInlined: boolean;
  readonly #mappingIds = new Map<string, number>();

  constructor(
    private readonly strings: StringTable,
    private readonly frames: readonly Frame[],
  ) {
    this.#hasInlined = frames.some(({ kind }) => kind === 'inlined');
    for (const { name, file, line, rawName } of frames) {
      const nameIndex = strings.dedup(name);
      this.functions.push(
        new PprofFunction({
          id: this.functions.length + 1,
          name: nameIndex,
          systemName: rawName === undefined ? nameIndex : strings.dedup(rawName),
          filename: strings.dedup(file ?? ''),
          startLine: line ?? 0,
        }),
      );
    }
  }

  /** Leaf first. @param stack root first */
  ids(stack: readonly number[]): number[] {
    const ids: number[] = [];
    if (!this.#hasInlined) return stack.map((frame) => this.#alone(frame)).reverse();
    let group: number[] = [];
    for (const frame of stack) {
      // Inlined functions share the location of the function they are in.
      if (this.frames[frame]?.kind !== 'inlined' && group.length > 0) {
        ids.push(this.#location(group));
        group = [];
      }
      group.push(frame);
    }
    if (group.length > 0) ids.push(this.#location(group));
    return ids.reverse();
  }

  /** The location of a frame that nothing is inlined into. */
  #alone(frame: number): number {
    const known = this.#single[frame];
    if (known !== undefined) return known;
    const id = this.#location([frame]);
    this.#single[frame] = id;
    return id;
  }

  #location(group: readonly number[]): number {
    const key = group.join(',');
    const known = this.#locationIds.get(key);
    if (known !== undefined) return known;
    const id = this.locations.length + 1;
    this.#locationIds.set(key, id);
    this.locations.push(
      Location.create({
        id,
        mappingId: this.#mapping(this.frames[group[0] ?? -1]?.module ?? null),
        line: group
          .map((frame) => Line.create({ functionId: frame + 1, line: this.frames[frame]?.line ?? 0 }))
          .reverse(),
      }),
    );
    return id;
  }

  #mapping(module: string | null): number {
    if (module === null || module === '') return 0;
    const known = this.#mappingIds.get(module);
    if (known !== undefined) return known;
    const id = this.mappings.length + 1;
    this.#mappingIds.set(module, id);
    // Else pprof looks for the binary, to symbolise what already has names.
    const has = { hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true };
    this.mappings.push(Mapping.create({ id, filename: this.strings.dedup(module), ...has }));
    return id;
  }
}

/** Metadata in our own exports: comments, which pprof shows with `-comments`. */
type CommentedMeta = Pick<ProfileMeta, 'title' | 'kind' | 'caveats'>;

function toComments({ title, kind, caveats }: CommentedMeta): string[] {
  return [`title: ${title}`, `kind: ${kind}`, ...caveats.map((caveat) => `caveat: ${caveat}`)];
}

/** Null for a file that isn't our export. */
export function fromComments([title, kind, ...rest]: readonly string[]): CommentedMeta | null {
  const known = ProfileKind.safeParse(kind?.replace(/^kind: /, ''));
  if (!title?.startsWith('title: ') || !kind?.startsWith('kind: ') || !known.success) return null;
  const caveats = rest.filter((comment) => comment.startsWith('caveat: '));
  return {
    title: title.slice('title: '.length),
    kind: known.data,
    caveats: caveats.map((comment) => comment.slice('caveat: '.length)),
  };
}
