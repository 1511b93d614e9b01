import type { CellRecord } from '../model/record.js';

export interface OverheadUs {
  p50: number;
  p99: number;
}

/**
 * What a gateway adds: `overhead(q) = gateway(q) - direct(q)` against the direct cell of the same scenario, VUs and
 * repeat. Never against the mock's nominal latency, and never clamped: below 0 is a finding about the run.
 * @returns by cell id, for every record; null where either side has no trustworthy latency
 */
export function overheads(records: readonly CellRecord[]): Map<string, OverheadUs | null> {
  const direct = new Map(
    records.filter((record) => record.gateway.kind === 'direct').map((record) => [comparableKey(record), record]),
  );
  return new Map(records.map((record) => [record.cell.id, overheadOf(record, direct.get(comparableKey(record)))]));
}

function overheadOf(record: CellRecord, direct: CellRecord | undefined): OverheadUs | null {
  // A profiled gateway against a direct path without a profiler would count the profiler as the gateway's.
  if (record.gateway.kind === 'direct' || record.cell.profiler !== null || direct === undefined) return null;
  const gatewayUs = comparableLatency(record);
  const directUs = comparableLatency(direct);
  if (gatewayUs === null || directUs === null) return null;
  return { p50: gatewayUs.p50 - directUs.p50, p99: gatewayUs.p99 - directUs.p99 };
}

/** A crashed cell's window is shorter and ends in chaos: its percentiles are shown, but not subtracted. */
function comparableLatency(record: CellRecord): { p50: number; p99: number } | null {
  const { kind } = record.outcome;
  return kind === 'ok' || kind === 'invalid' ? record.latencyUs : null;
}

function comparableKey({ cell }: CellRecord): string {
  return JSON.stringify([cell.scenario, cell.stream, cell.vus, cell.repeat]);
}
