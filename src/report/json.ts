import type { DerivedCell } from '../analysis/derive-run.js';
import type { Latency } from '../model/load.js';
import type { DamagedRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import { findingsOf } from '../profiles/analysis/findings.js';
import { hotFunctions } from '../profiles/analysis/hot-functions.js';
import { categoryTotals } from '../profiles/categories/category-table.js';
import type { FlameEntry } from './profiles/flame-entry.js';

/**
 * `results.json`: the run and all cells, unrounded, without histograms, which stay in each cell's record.json, and
 * key figures of the profiles, without stacks; `damaged` names records that can't be used. @returns JSON text with a final newline
 */
export function jsonReport(
  run: Run,
  cells: readonly DerivedCell[],
  flames: readonly FlameEntry[],
  damaged: readonly DamagedRecord[],
): string {
  const figures = cells.map(({ latencyUs, failedLatencyUs, connectUs, firstByteUs, ...record }) => ({
    ...record,
    latencyUs: withoutHistogram(latencyUs),
    failedLatencyUs: withoutHistogram(failedLatencyUs),
    connectUs: withoutHistogram(connectUs),
    firstByteUs: withoutHistogram(firstByteUs),
  }));
  const profiles = flames.map(profileFigures);
  return `${JSON.stringify({ schemaVersion: 2, run, cells: figures, damaged, profiles }, null, 2)}\n`;
}

function withoutHistogram(latency: Latency | null): Omit<Latency, 'histogram'> | null {
  if (latency === null) return null;
  const { histogram: _, ...figures } = latency;
  return figures;
}

const HOTTEST = 20;

/** Key figures of a profile. */
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
