import type { ProfileKind, WeightUnit } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';

/** A column of a pprof file's samples: `cpu/nanoseconds`. */
interface SampleType {
  type: string;
  unit: string;
}

/** Which columns to read, and what they mean. */
export interface Columns {
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

const UNITS: Record<string, { unit: WeightUnit; scale: number }> = {
  nanoseconds: { unit: 'nanoseconds', scale: 1 },
  microseconds: { unit: 'nanoseconds', scale: 1e3 },
  milliseconds: { unit: 'nanoseconds', scale: 1e6 },
  seconds: { unit: 'nanoseconds', scale: 1e9 },
  bytes: { unit: 'bytes', scale: 1 },
  kilobytes: { unit: 'bytes', scale: 1024 },
  count: { unit: 'samples', scale: 1 },
  events: { unit: 'events', scale: 1 },
};

/** Best first. Other columns are used only if a file has none of these. */
const PREFERRED = ['cpu', 'delay', 'wall', 'off-cpu', 'alloc_space'];

/**
 * Chooses the most useful column of a pprof file: time before bytes before counts.
 * @throws FormatError if no column has a known unit
 */
export function chooseColumns(types: readonly SampleType[]): Columns {
  const known = types.flatMap((type, index) => {
    const meaning = UNITS[type.unit];
    return meaning ? [{ type: type.type, index, ...meaning }] : [];
  });
  const preferred = PREFERRED.flatMap((name) => known.find(({ type }) => type === name) ?? []);
  // pprof shows the last column; prefer one that isn't a count.
  const measured = known.filter(({ unit }) => unit !== 'samples');
  const chosen = preferred[0] ?? measured.at(-1) ?? known.at(-1);
  if (!chosen) {
    const found = types.map(({ type, unit }) => `${type}/${unit}`).join(', ') || 'none';
    throw new FormatError(`sample types ${found}`, { field: 'sample_type', expected: 'time, bytes or counts' });
  }
  const { index: weight, type, unit, scale } = chosen;
  const samples = countColumn(known, chosen);
  return { weight, scale, unit, samples, event: type, kind: kindOf(type, unit) };
}

/** A column with a known unit. */
interface KnownColumn {
  type: string;
  index: number;
  unit: WeightUnit;
}

function countColumn(known: readonly KnownColumn[], chosen: KnownColumn): number | null {
  if (chosen.unit === 'samples') return chosen.index;
  const counts = known.filter(({ unit }) => unit === 'samples');
  // Heap profiles have one pair of columns for allocated memory and one for memory in use.
  const prefix = chosen.type.split('_')[0] ?? '';
  return (counts.find(({ type }) => type.startsWith(`${prefix}_`)) ?? counts[0])?.index ?? null;
}

function kindOf(type: string, unit: WeightUnit): ProfileKind {
  if (type === 'delay' || type === 'contentions') return 'block';
  if (type === 'off-cpu') return 'off-cpu';
  if (type === 'cpu' || type === 'samples') return 'cpu';
  return unit === 'nanoseconds' && type === 'wall' ? 'cpu' : 'other';
}
