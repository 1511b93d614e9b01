import { formatMilliseconds, formatSignificant } from '../lib/format.js';
import type { Cell } from '../model/cell.js';
import type { CellRecord, GateResult } from '../model/record.js';
import { THRESHOLDS } from './thresholds.js';

export interface OverheadUs {
  p50: number;
  p99: number;
}

/** A record with what only the run's cells together can say. It is never written to disk. */
export interface DerivedCell extends CellRecord {
  /** Of the cell itself, then those that compare cells. These only warn, so the outcome is the cell's own. */
  gates: GateResult[];
  /** Latency less that of the direct cell; null without a direct cell to compare with, and for direct itself. */
  overheadUs: OverheadUs | null;
}

/** Derive what compares cells, for each of them. @param records raw, in any order; the result has the same order */
export function deriveRun(records: readonly CellRecord[]): DerivedCell[] {
  return records.map((record) => deriveCell(record, records));
}

/** Derive what compares a cell with others of its run: overhead against direct, and the gate of the direct path. */
export function deriveCell(record: CellRecord, records: readonly CellRecord[]): DerivedCell {
  return {
    ...record,
    // A cell without gates was never measured.
    gates: record.gates.length === 0 ? [] : [...record.gates, directGate(record, records)],
    overheadUs: overheadOf(record, records),
  };
}

/**
 * What a gateway adds: `overhead(q) = gateway(q) - direct(q)` against the direct cell of the same scenario, VUs and
 * repeat. Never against the mock's nominal latency, and never clamped: a negative overhead is a finding about the run.
 */
function overheadOf(record: CellRecord, records: readonly CellRecord[]): OverheadUs | null {
  // Against an unprofiled direct cell, the profiler's cost would count as the gateway's.
  if (record.gateway.kind === 'direct' || record.cell.profiler !== null) return null;
  const direct = records.find(
    ({ gateway, cell }) =>
      gateway.kind === 'direct' && isSameLoad(cell, record.cell, record.cell.vus) && cell.repeat === record.cell.repeat,
  );
  const gatewayUs = comparableLatency(record);
  const directUs = direct === undefined ? null : comparableLatency(direct);
  if (gatewayUs === null || directUs === null) return null;
  return { p50: gatewayUs.p50 - directUs.p50, p99: gatewayUs.p99 - directUs.p99 };
}

/** A crashed cell's window is short and ends in chaos: its percentiles are shown, but not subtracted. */
function comparableLatency({ outcome, latencyUs }: CellRecord): OverheadUs | null {
  return outcome.kind === 'ok' || outcome.kind === 'invalid' ? latencyUs : null;
}

function isSameLoad(a: Cell, b: Cell, vus: number): boolean {
  return a.scenario === b.scenario && a.stream === b.stream && a.vus === vus;
}

export const DIRECT_GATE = 'direct p99';

/**
 * The load and the upstream alone at this level: direct p99 is at most twice its p99 with one VU (AIGatewayBench).
 * Unknown without a direct cell at this level, or one with one VU.
 */
function directGate(record: CellRecord, records: readonly CellRecord[]): GateResult {
  const singleUs = directP99Us(record, records, 1);
  const loadedUs = directP99Us(record, records, record.cell.vus);
  if (singleUs === null || loadedUs === null) {
    const missing = loadedUs === null ? `no direct cell at ${record.cell.vus} VUs` : 'no direct cell with 1 VU';
    return { gate: DIRECT_GATE, verdict: 'unknown', value: null, message: `${missing} in this run` };
  }
  const ratio = loadedUs / singleUs;
  const { pass } = THRESHOLDS.directP99Ratio;
  return {
    gate: DIRECT_GATE,
    verdict: ratio <= pass ? 'pass' : 'warn',
    value: ratio,
    message:
      `without a gateway p99 is ${formatMilliseconds(loadedUs)}, ${formatSignificant(ratio, 3)} times ` +
      `its ${formatMilliseconds(singleUs)} with 1 VU (bound ${pass})`,
  };
}

/** Of the same repeat if it was measured, else of the first repeat that was. */
function directP99Us({ cell }: CellRecord, records: readonly CellRecord[], vus: number): number | null {
  const candidates = records.filter(
    (record) =>
      record.gateway.kind === 'direct' &&
      record.outcome.kind === 'ok' &&
      isSameLoad(record.cell, cell, vus) &&
      record.latencyUs !== null,
  );
  const chosen = candidates.find((record) => record.cell.repeat === cell.repeat) ?? candidates[0];
  return chosen?.latencyUs?.p99 ?? null;
}
