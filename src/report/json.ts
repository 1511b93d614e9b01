import type { Latency } from '../model/load.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import { findingsOf } from '../profiles/analysis/findings.js';
import { hotFunctions } from '../profiles/analysis/hot-functions.js';
import { categoryTotals } from '../profiles/categories/category-table.js';
import type { FlameEntry } from './profiles/flame-entry.js';

/**
 * `results.json`: the run and every record, unrounded, without what fills the disk: histograms stay in each cell's
 * record.json. What profiles say is in `profiles`, their stacks are not. @returns JSON text with a final newline
 */
export function jsonReport(run: Run, records: readonly CellRecord[], flames: readonly FlameEntry[]): string {
  const cells = records.map(({ latencyUs, failedLatencyUs, connectUs, firstByteUs, ...record }) => ({
    ...record,
    latencyUs: withoutHistogram(latencyUs),
    failedLatencyUs: withoutHistogram(failedLatencyUs),
    connectUs: withoutHistogram(connectUs),
    firstByteUs: withoutHistogram(firstByteUs),
  }));
  return `${JSON.stringify({ schemaVersion: 1, run, cells, profiles: flames.map(profileFigures) }, null, 2)}\n`;
}

function withoutHistogram(latency: Latency | null): Omit<Latency, 'histogram'> | null {
  if (latency === null) return null;
  const { histogram: _, ...figures } = latency;
  return figures;
}

const HOTTEST = 20;

/** A profile's figures, by the id of its cell. */
function profileFigures(entry: FlameEntry) {
  const { cellId, profile, unprofiled } = entry;
  return {
    cellId,
    meta: profile.profile.meta,
    unprofiled,
    categories: categoryTotals(profile),
    hotFunctions: hotFunctions(profile, { by: 'self', limit: HOTTEST }),
    findings: findingsOf(profile, entry),
  };
}
