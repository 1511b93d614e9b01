import type { Latency } from '../model/load.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';

/**
 * `results.json`: the run and every record, unrounded, without what fills the disk: histograms stay in each cell's
 * record.json. @returns JSON text with a final newline
 */
export function jsonReport(run: Run, records: readonly CellRecord[]): string {
  const cells = records.map(({ latencyUs, failedLatencyUs, connectUs, firstByteUs, ...record }) => ({
    ...record,
    latencyUs: withoutHistogram(latencyUs),
    failedLatencyUs: withoutHistogram(failedLatencyUs),
    connectUs: withoutHistogram(connectUs),
    firstByteUs: withoutHistogram(firstByteUs),
  }));
  return `${JSON.stringify({ schemaVersion: 1, run, cells }, null, 2)}\n`;
}

function withoutHistogram(latency: Latency | null): Omit<Latency, 'histogram'> | null {
  if (latency === null) return null;
  const { histogram: _, ...figures } = latency;
  return figures;
}
