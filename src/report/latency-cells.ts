import { samplesNeeded } from '../analysis/percentile-samples.js';
import { ABSENT, tabulateMilliseconds } from '../lib/format.js';
import type { Latency } from '../model/load.js';

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
type Percentile = keyof typeof SHARES;

/** Those that tables of latency have. */
export const PERCENTILES: readonly Percentile[] = ['p50', 'p95', 'p99', 'p999'];

/** `61.3`, `~140`: in milliseconds, with ~ before one that has too few samples. */
export function percentileCell(latency: Latency | null, percentile: Percentile): string {
  if (latency === null) return ABSENT;
  const few = latency.count < samplesNeeded(SHARES[percentile]) ? '~' : '';
  return `${few}${tabulateMilliseconds(latency[percentile])}`;
}

/** `+0.21`, of an overhead in milliseconds. One below 0 is shown as it is. */
export function overheadCell(us: number | null): string {
  return us === null ? ABSENT : `${us >= 0 ? '+' : ''}${tabulateMilliseconds(us)}`;
}
