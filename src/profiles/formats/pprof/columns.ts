import type { ProfileKind, WeightUnit } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';

/** A sample type of a pprof file: `cpu/nanoseconds`. */
interface SampleType {
  type: string;
  unit: string;
}

/** A column of values, and what it means. */
export interface Column {
  /** Of `values`. */
  weight: number;
  /** Factor from the file's unit to the model's. */
  scale: number;
  unit: WeightUnit;
  /** Of `values`; null if the file doesn't count samples. */
  samples: number | null;
  event: string;
  kind: ProfileKind;
}

/** Units that pprof knows (internal/measurement), and their sizes. Any other counts occurrences of the type. */
const UNITS: Record<string, { unit: WeightUnit; scale: number }> = {
  nanoseconds: { unit: 'nanoseconds', scale: 1 },
  microseconds: { unit: 'nanoseconds', scale: 1e3 },
  milliseconds: { unit: 'nanoseconds', scale: 1e6 },
  seconds: { unit: 'nanoseconds', scale: 1e9 },
  bytes: { unit: 'bytes', scale: 1 },
  kilobytes: { unit: 'bytes', scale: 1024 },
  megabytes: { unit: 'bytes', scale: 1024 ** 2 },
  gigabytes: { unit: 'bytes', scale: 1024 ** 3 },
};

/** `count` of these is a count of samples; of others, of what the type says: `alloc_objects/count`. */
const SAMPLE_TYPES = new Set(['samples', 'sample', 'events', '']);

/**
 * All columns of a file, and the one that pprof shows: the default that the file names, else the last one
 * (profile.SampleIndexByName).
 * @throws FormatError if there is none
 */
export function readColumns(types: readonly SampleType[], defaultType: string): { columns: Column[]; chosen: number } {
  const last = types.length - 1;
  if (last < 0) throw new FormatError('no sample type', { field: 'sample_type', expected: 'at least one' });
  const columns = types.map(({ type, unit }, index): Column => {
    const isCount = unit === 'count' && SAMPLE_TYPES.has(type);
    const meaning = UNITS[unit] ?? { unit: isCount ? ('samples' as const) : ('events' as const), scale: 1 };
    const samples = meaning.unit === 'samples' ? index : countColumn(types, index);
    return { weight: index, ...meaning, samples, event: type || unit, kind: kindOf(type, meaning.unit) };
  });
  const named = types.findIndex(({ type }) => defaultType !== '' && type === defaultType);
  return { columns, chosen: named < 0 ? last : named };
}

/** Heap profiles have one pair of columns for allocated memory and one for memory in use. */
function countColumn(types: readonly SampleType[], of: number): number | null {
  const prefix = `${types[of]?.type.split('_')[0]}_`;
  const counts = [...types.keys()].filter((index) => types[index]?.unit === 'count');
  return counts.find((index) => types[index]?.type.startsWith(prefix)) ?? counts[0] ?? null;
}

function kindOf(type: string, unit: WeightUnit): ProfileKind {
  if (type === 'delay' || type === 'contentions') return 'block';
  if (type === 'off-cpu') return 'off-cpu';
  if (type === 'cpu' || type === 'samples' || type === 'sample') return 'cpu';
  return unit === 'nanoseconds' && type === 'wall' ? 'cpu' : 'other';
}
