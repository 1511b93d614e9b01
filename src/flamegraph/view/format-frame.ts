import { formatDecimal, tabulateShare } from '../../lib/format.js';

/** Time with three significant digits: `1,234 µs`, `12.3 µs`, `0.123 µs`. */
export function microseconds(us: number): string {
  const size = Math.abs(us);
  if (size === 0) return '0 µs';
  return `${formatDecimal(us, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)} µs`;
}

/** `1.204 s`, `12.3 ms`, `45 µs`: a time on an axis, or between two of them. */
export function formatTime(us: number): string {
  if (us >= 1e6) return `${formatDecimal(us / 1e6, us >= 1e8 ? 1 : 3)} s`;
  if (us >= 1000) return `${formatDecimal(us / 1000, us >= 1e5 ? 0 : us >= 1e4 ? 1 : 2)} ms`;
  return `${formatDecimal(us, 0)} µs`;
}

/** A time on an axis, with as many decimals as its step needs. @param endUs of the axis, which decides the unit */
export function formatTick(us: number, stepUs: number, endUs: number): string {
  const [unit, perUnit] = endUs >= 1e6 ? ['s', 1e6] : endUs >= 1000 ? ['ms', 1000] : ['µs', 1];
  return `${formatDecimal(us / perUnit, Math.max(0, Math.ceil(-Math.log10(stepUs / perUnit) - 1e-9)))} ${unit}`;
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
