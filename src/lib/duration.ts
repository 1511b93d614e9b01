import { parseNonNegativeDuration } from '../../common/duration.js';
import { UsageError } from './errors.js';

/**
 * Seconds of a Go duration: `60s`, `1m30s`, `250us`, `0`.
 * @param name the flag or field, for the message
 * @throws UsageError for anything else
 */
export function parseDurationS(text: string, name: string): number {
  const parsed = parseNonNegativeDuration(text);
  if (!parsed.ok) {
    throw new UsageError(
      `${name}: "${text}" is not a duration: ${parsed.why}`,
      'write it with a unit, such as 60s, 1m30s or 500ms',
    );
  }
  return Number(parsed.ns) / 1e9;
}

/** A duration for people: `1 h 2 min`, `2 min 5 s`, `45 s`, `0.5 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${whole} s`;
}
