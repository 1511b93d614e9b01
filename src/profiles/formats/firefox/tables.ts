import { isObject } from '../../../lib/json-value.js';
import type { Frame } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';

export const EXPECTED = 'a profile of the Firefox Profiler, as Firefox and samply write them';

/** A thread's samples, whichever form of the format they came in. */
export interface FirefoxThread {
  /** Where it is in the file, for errors. */
  field: string;
  comm: string | null;
  pid: number | null;
  tid: number | null;
  /** Tree of stacks: parallel arrays. A parent comes before its children; null or negative where there is none. */
  stackParents: readonly (number | null)[];
  stackFrames: readonly (number | null)[];
  /** @throws FormatError */
  frame(index: number): Frame;
  samples: {
    stacks: readonly (number | null)[];
    /** Milliseconds; null if the file has none. */
    times: readonly number[] | null;
    weights: readonly (number | null)[] | null;
    weightType: string;
    /** CPU time since the thread's last sample, in the unit of `meta.sampleUnits`. */
    cpuDeltas: readonly (number | null)[] | null;
  };
}

/** @throws FormatError */
export function objectAt(parent: Record<string, unknown>, key: string, field: string): Record<string, unknown> {
  const value = parent[key];
  if (!isObject(value)) throw new FormatError('missing', { field: `${field}.${key}`, expected: EXPECTED });
  return value;
}

/** @throws FormatError */
export function listAt(parent: Record<string, unknown>, key: string, field: string): readonly unknown[] {
  const value = parent[key];
  if (!Array.isArray(value)) throw new FormatError('no list', { field: `${field}.${key}`, expected: EXPECTED });
  return value;
}

/** Numbers and nulls. @throws FormatError */
export function numbersOf(list: readonly unknown[], field: string): readonly (number | null)[] {
  return list.map((value, index) => {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new FormatError(`${JSON.stringify(value)}`, { field: `${field}[${index}]`, expected: 'a number' });
    }
    return value;
  });
}

/** A column of numbers; null if the table doesn't have it. @throws FormatError */
export function columnAt(
  table: Record<string, unknown>,
  key: string,
  field: string,
): readonly (number | null)[] | null {
  const value = table[key];
  if (value === undefined || value === null) return null;
  return numbersOf(listAt(table, key, field), `${field}.${key}`);
}

/** A process or thread id: a number, or a text that is one. */
export function idOf(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value === '')) return null;
  const id = Number(value);
  return Number.isSafeInteger(id) ? id : null;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Code of a library whose addresses nobody named. Addresses differ from build to build, so the library is the frame. */
export function namelessFrame(module: string | null): Frame {
  const binary = module?.slice(module.lastIndexOf('/') + 1);
  return { name: binary ? `[unknown] ${binary}` : '[unknown]', file: null, line: null, module, kind: 'unknown' };
}

export const ADDRESS = /^0x[0-9a-f]+$/i;
