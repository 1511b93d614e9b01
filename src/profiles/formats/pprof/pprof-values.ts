import type { ProfileKind, WeightUnit } from '../../../model/profile.js';
import { FormatError } from '../format-error.js';

/** A column of a pprof file's samples: `cpu/nanoseconds`. */
export interface SampleType {
  type: string;
  unit: string;
}

/** Which columns to read, and what they mean. */
export interface Columns {
  /** Of `values`. */
  weight: number;
  /** How many of the model's unit one of the file's is. */
  scale: number;
  unit: WeightUnit;
  /** Of `values`; null where the file doesn't count samples. */
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
};

/** Best first. What else a file has is looked at only where it has none of these. */
const PREFERRED = ['cpu', 'delay', 'wall', 'off-cpu', 'alloc_space'];

/**
 * Of the columns of a pprof file the one that says most: time before bytes before counts.
 * @throws FormatError where no column has a unit that we know
 */
export function chooseColumns(types: readonly SampleType[]): Columns {
  const known = types.flatMap((type, index) => {
    const meaning = UNITS[type.unit];
    return meaning ? [{ type: type.type, index, ...meaning }] : [];
  });
  const preferred = PREFERRED.flatMap((name) => known.find(({ type }) => type === name) ?? []);
  // pprof itself shows the last column; but a count only where there is nothing else.
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

/** A column of which the unit is known. */
interface KnownColumn {
  type: string;
  index: number;
  unit: WeightUnit;
}

function countColumn(known: readonly KnownColumn[], chosen: KnownColumn): number | null {
  if (chosen.unit === 'samples') return chosen.index;
  const counts = known.filter(({ unit }) => unit === 'samples');
  // Heap files have a pair of columns each for what was allocated and for what is in use.
  const prefix = chosen.type.split('_')[0] ?? '';
  return (counts.find(({ type }) => type.startsWith(`${prefix}_`)) ?? counts[0])?.index ?? null;
}

function kindOf(type: string, unit: WeightUnit): ProfileKind {
  if (type === 'delay' || type === 'contentions') return 'block';
  if (type === 'off-cpu') return 'off-cpu';
  if (type === 'cpu' || type === 'samples') return 'cpu';
  return unit === 'nanoseconds' && type === 'wall' ? 'cpu' : 'other';
}
