import { formatCount, formatLevel, formatMilliseconds } from '../../lib/format.js';
import type { CapacitySearch } from '../../model/capacity.js';
import type { Capacity } from './result.js';
import type { SearchState } from './search.js';

/** `160 VUs pass, 184 VUs fail`: what is decided, or how far the search is. */
export function formatEdge({ lastPass, firstFail, low, high, levels }: SearchState, { unit }: CapacitySearch): string {
  const named = (level: number) => formatCapacityLevel(level, unit);
  if (levels.length === 0) return 'not measured yet';
  const parts = [
    ...(lastPass === null ? [] : [`${named(lastPass.level)} ${verb(lastPass.level, 'pass')}`]),
    ...(firstFail === null ? [] : [`${named(firstFail.level)} ${verb(firstFail.level, 'fail')}`]),
    ...(low === null || low === lastPass ? [] : [`${named(low.level)} ${verb(low.level, 'seem')} to pass`]),
    ...(high === null || high === firstFail ? [] : [`${named(high.level)} ${verb(high.level, 'seem')} to fail`]),
  ];
  return parts.join(', ') || 'undecided';
}

/** `160 to 176`, `at least 1,000`, `fewer than 1`: what was found, decided or not; null where nothing is known. */
export function formatCapacityRange({ low, high }: Pick<Capacity, 'low' | 'high'>): string | null {
  if (low !== null && high !== null) return `${formatCount(low.level)} to ${formatCount(high.level)}`;
  if (low !== null) return `at least ${formatCount(low.level)}`;
  return high === null ? null : `fewer than ${formatCount(high.level)}`;
}

/** `12.3 ms` with its sign where it is added latency. */
export function formatObjectiveLatency(latencyUs: number, isAdded: boolean): string {
  return `${isAdded && latencyUs > 0 ? '+' : ''}${formatMilliseconds(latencyUs)}`;
}

/** `50 VUs`, `1,000 req/s`. */
export function formatCapacityLevel(level: number | string, unit: CapacitySearch['unit']): string {
  return formatLevel(level, unit === 'vus' ? 'closed' : 'open');
}

function verb(level: number, word: string): string {
  return level === 1 ? `${word}${word === 'pass' ? 'es' : 's'}` : word;
}
