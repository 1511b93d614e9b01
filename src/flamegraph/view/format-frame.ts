import { formatDecimal, tabulateShare } from '../../lib/format.js';
import type { WeightUnit } from '../../model/profile.js';

/** Time with three significant digits: `1,234 µs`, `12.3 µs`, `0.123 µs`. */
export function microseconds(us: number): string {
  const size = Math.abs(us);
  if (size === 0) return '0 µs';
  return `${formatDecimal(us, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)} µs`;
}

/** `1.23 s`, `45.6 ms`: a weight in its own unit. */
export function formatWeight(weight: number, unit: WeightUnit): string {
  switch (unit) {
    case 'nanoseconds':
      if (weight === 0) return '0 s';
      return weight >= 1e9
        ? `${formatDecimal(weight / 1e9, 2)} s`
        : `${formatDecimal(weight / 1e6, weight >= 1e7 ? 0 : 2)} ms`;
    case 'samples':
      return `${formatDecimal(weight, 0)} ${weight === 1 ? 'sample' : 'samples'}`;
    case 'events':
      return formatDecimal(weight, 0);
    case 'bytes':
      return `${formatDecimal(weight / 2 ** 20, 2)} MiB`;
    default: {
      const never: never = unit;
      return never;
    }
  }
}

/** `12.3 %`; `0 %` if the whole is 0. */
export function formatShare(value: number, whole: number): string {
  return tabulateShare(whole > 0 ? value / whole : 0);
}

/** `+12.3 µs`, `−4.50 µs`, with a real minus; `unchanged` for 0. */
export function formatChange(change: number, format: (size: number) => string): string {
  return change === 0 ? 'unchanged' : `${change > 0 ? '+' : '−'}${format(Math.abs(change))}`;
}

/** `file:line`, without unknown parts. */
export function formatPlace(file: string, line: number): string {
  return file === '' ? '' : line > 0 ? `${file}:${line}` : file;
}
