import { stringify } from 'csv-stringify/sync';
import type { Capacity, CapacityLevel } from '../analysis/capacity/result.js';
import type { CapacitySearch } from '../model/capacity.js';

/**
 * `capacity.csv`: one row per gateway, objective and level that was measured, unrounded. `low` and `high`: the 95 % interval over windows; `edge` is `last pass`
 * or `first fail` for the levels that decide it, `seems last pass` or `seems first fail` where windows ran out.
 */
export function capacityCsv(capacities: readonly Capacity[], { unit }: CapacitySearch): string {
  const rows = capacities.flatMap((capacity) => {
    const { label, objective, kind, shape, slope, levels } = capacity;
    return levels.map((level) => ({
      gateway: label,
      objective: objective.text,
      found: kind,
      shape,
      slope,
      unit,
      level: level.level,
      edge: edgeOf(level, capacity),
      status: level.status,
      windows: level.windows,
      invalid: level.invalid,
      latency_us: level.latencyUs?.mean ?? null,
      latency_low_us: level.latencyUs?.interval?.low ?? null,
      latency_high_us: level.latencyUs?.interval?.high ?? null,
      failed_share: level.failedShare,
      rate_per_s: level.ratePerSec,
      stalls: level.stalls,
      broken: level.broken,
    }));
  });
  return stringify(rows, { header: true, columns: COLUMNS });
}

const COLUMNS = [
  ...['gateway', 'objective', 'found', 'shape', 'slope', 'unit', 'level', 'edge', 'status', 'windows', 'invalid'],
  ...['latency_us', 'latency_low_us', 'latency_high_us', 'failed_share', 'rate_per_s', 'stalls', 'broken'],
];

function edgeOf(level: CapacityLevel, { lastPass, firstFail, low, high }: Capacity): string {
  if (level === lastPass) return 'last pass';
  if (level === firstFail) return 'first fail';
  if (level === low) return 'seems last pass';
  return level === high ? 'seems first fail' : '';
}
