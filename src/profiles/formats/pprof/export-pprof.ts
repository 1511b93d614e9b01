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
import type { Frame, Profile, ProfileMeta } from '../../../model/profile.js';
import { toComments } from './pprof-comments.js';

/**
 * The profile in pprof's format, not gzipped: `go tool pprof` reads it as it is. What the format can't hold: a frame's
 * kind (but for what was inlined), fractions of a unit, and of the metadata all but title, kind, rate, start, duration
 * and caveats.
 */
export function toPprof(profile: Profile): Uint8Array {
  const { meta, frames, stacks } = profile;
  const strings = new StringTable();
  const locations = new LocationTable(strings, frames);
  const valueType = ([type, unit]: readonly [string, string]) =>
    ValueType.create({ type: strings.dedup(type), unit: strings.dedup(unit) });
  const columns = columnsOf(meta);
  const sample = stacks.map(({ frames: stack, samples, weight }) =>
    Sample.create({
      locationId: locations.ids(stack),
      // A weight of samples is the count of them: one column says it all.
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

/** As Go names its own: pprof shows the last column first. */
function columnsOf({ unit, kind }: ProfileMeta): (readonly [string, string])[] {
  if (unit === 'bytes')
    return [
      ['alloc_objects', 'count'],
      ['alloc_space', 'bytes'],
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

/** Frames as pprof's functions and locations, each once. Ids begin at 1: 0 means none. */
class LocationTable {
  readonly functions: PprofFunction[] = [];
  readonly locations: Location[] = [];
  readonly mappings: Mapping[] = [];
  readonly #locationIds = new Map<string, number>();
  readonly #mappingIds = new Map<string, number>();

  constructor(
    private readonly strings: StringTable,
    private readonly frames: readonly Frame[],
  ) {
    for (const { name, file, line } of frames) {
      const nameIndex = strings.dedup(name);
      this.functions.push(
        new PprofFunction({
          id: this.functions.length + 1,
          name: nameIndex,
          systemName: nameIndex,
          filename: strings.dedup(file ?? ''),
          startLine: line ?? 0,
        }),
      );
    }
  }

  /** Leaf first. @param stack root first */
  ids(stack: readonly number[]): number[] {
    const ids: number[] = [];
    let group: number[] = [];
    for (const frame of stack) {
      // What was inlined shares the location of the function that it is in.
      if (this.frames[frame]?.kind !== 'inlined' && group.length > 0) {
        ids.push(this.#location(group));
        group = [];
      }
      group.push(frame);
    }
    if (group.length > 0) ids.push(this.#location(group));
    return ids.reverse();
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
    // Or pprof looks for the binary on the machine that it runs on, to symbolise what has names already.
    const has = { hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true };
    this.mappings.push(Mapping.create({ id, filename: this.strings.dedup(module), ...has }));
    return id;
  }
}
