import { UsageError } from './errors.js';

const UNIT_SECONDS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;

/**
 * Seconds of a duration as Go writes it: `60s`, `1m30s`, `250us`, `0`.
 * @param name the flag or field, for the message
 * @throws UsageError for anything else
 */
export function parseDurationS(text: string, name: string): number {
  if (text === '0') return 0;
  let seconds = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (!part?.[1] || !part[2]) {
      throw new UsageError(`${name}: "${text}" is not a duration`, 'write it with a unit, such as 60s, 1m30s or 500ms');
    }
    seconds += Number(part[1]) * (UNIT_SECONDS[part[2]] ?? Number.NaN);
  }
  if (text === '') throw new UsageError(`${name}: a duration is missing`, 'write it with a unit, such as 60s');
  return seconds;
}

/** `1 h 2 min`, `2 min 5 s`, `45 s`, `0.5 s`: for people. */
export function formatDuration(seconds: number): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${whole} s`;
}
