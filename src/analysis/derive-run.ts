import { formatLevel, formatMilliseconds, formatSignificant } from '../lib/format.js';
import type { Cell } from '../model/cell.js';
import { cellLevel, cellModel } from '../model/load-level.js';
import type { CellRecord, GateResult, Outcome } from '../model/record.js';
import { unknownGate } from './gate.js';
import { type MachineSpeed, machineSpeedGate, type RunSpeed, runSpeed } from './machine-speed.js';
import { THRESHOLDS } from './thresholds.js';
import { judge } from './validity.js';

export interface OverheadUs {
  p50: number;
  p99: number;
}

/** A record with what only the run's cells together can say. It is never written to disk. */
export interface DerivedCell extends CellRecord {
  /** Of the cell itself, then those that compare cells. */
  gates: GateResult[];
  /** The cell's own, unless a gate that compares cells says that its numbers can't be trusted. */
  outcome: Outcome;
  /** How dear work was in this cell beside the run's median. */
  machineSpeed: MachineSpeed;
  /** Latency less that of the direct cell; null for direct itself, without a direct cell, and for a trusted cell beside an untrusted one. */
  overheadUs: OverheadUs | null;
  /** Where it was measured, in a report of several runs: its ids here are those of the report. */
  pooledFrom?: { runId: string; cellId: string };
}

/** Derive what compares cells, for each of them. @param records raw, in any order; the result has the same order */
export function deriveRun(records: readonly CellRecord[]): DerivedCell[] {
  const speed = runSpeed(records);
  return records.map((record) => derived(record, records, speed));
}

/** Derive what compares a cell with others of its run: overhead, the direct path's gate, and the machine's speed. */
export function deriveCell(record: CellRecord, records: readonly CellRecord[]): DerivedCell {
  return derived(record, records, runSpeed(records));
}

function derived(record: CellRecord, records: readonly CellRecord[], speed: RunSpeed): DerivedCell {
  // A cell without gates was never measured.
  const comparing = record.gates.length === 0 ? [] : [directGate(record, records), machineSpeedGate(record, speed)];
  const outcome = derivedOutcome(record.outcome, comparing);
  const isTrusted = (direct: CellRecord) =>
    derivedOutcome(direct.outcome, direct.gates.length === 0 ? [] : [machineSpeedGate(direct, speed)]).kind === 'ok';
  return {
    ...record,
    gates: [...record.gates, ...comparing],
    outcome,
    machineSpeed: speed.speedOf(record),
    overheadUs: overheadOf(record, records, (direct) => outcome.kind !== 'ok' || isTrusted(direct)),
  };
}

/** What was measured and is not to be trusted is invalid, whichever gate says so; a crash stays a crash. */
function derivedOutcome(own: Outcome, comparing: readonly GateResult[]): Outcome {
  const judged = judge(comparing);
  if (judged.kind === 'ok') return own;
  if (own.kind === 'ok') return judged;
  return own.kind === 'invalid' ? { kind: 'invalid', reasons: [...own.reasons, ...judged.reasons] } : own;
}

/**
 * What a gateway adds: `overhead(q) = gateway(q) - direct(q)` against the direct cell of the same scenario, VUs and
 * repeat. Never against the mock's nominal latency, and never clamped: a negative overhead is a finding about the run.
 * @param serves whether a direct cell is to be trusted as much as the record is
 */
function overheadOf(
  record: CellRecord,
  records: readonly CellRecord[],
  serves: (direct: CellRecord) => boolean,
): OverheadUs | null {
  // Against an unprofiled direct cell, the profiler's cost would count as the gateway's.
  if (record.gateway.kind === 'direct' || record.cell.profiler !== null) return null;
  const direct = records.find(
    ({ gateway, cell }) =>
      gateway.kind === 'direct' &&
      isSameLoad(cell, record.cell, cellLevel(record.cell)) &&
      cell.repeat === record.cell.repeat,
  );
  const gatewayUs = comparableLatency(record);
  const directUs = direct === undefined || !serves(direct) ? null : comparableLatency(direct);
  if (gatewayUs === null || directUs === null) return null;
  return { p50: gatewayUs.p50 - directUs.p50, p99: gatewayUs.p99 - directUs.p99 };
}

/** A crashed cell's window is short and ends in chaos: its percentiles are shown, but not subtracted. */
function comparableLatency({ outcome, latencyUs }: CellRecord): OverheadUs | null {
  return outcome.kind === 'ok' || outcome.kind === 'invalid' ? latencyUs : null;
}

function isSameLoad(a: Cell, b: Cell, level: number): boolean {
  return a.scenario === b.scenario && a.stream === b.stream && cellLevel(a) === level;
}

export const DIRECT_GATE = 'direct p99';

/**
 * The load and the upstream alone at this level: direct p99 is at most twice its p99 with one VU (AIGatewayBench).
 * Unknown without a valid direct cell at this level, or one with one VU.
 */
function directGate(record: CellRecord, records: readonly CellRecord[]): GateResult {
  const singleUs = directP99Us(record, records, 1);
  const loadedUs = directP99Us(record, records, cellLevel(record.cell));
  if (singleUs === null || loadedUs === null) {
    const level = formatLevel(cellLevel(record.cell), cellModel(record.cell));
    const missing =
      loadedUs === null
        ? `no valid direct cell at ${level}`
        : `no valid direct cell at ${formatLevel(1, cellModel(record.cell))}`;
    return unknownGate(DIRECT_GATE, `${missing} in this run`);
  }
  const ratio = loadedUs / singleUs;
  const { pass } = THRESHOLDS.directP99Ratio;
  return {
    gate: DIRECT_GATE,
    verdict: ratio <= pass ? 'pass' : 'warn',
    value: ratio,
    message:
      `without a gateway p99 is ${formatMilliseconds(loadedUs)}, ${formatSignificant(ratio, 3)} times ` +
      `its ${formatMilliseconds(singleUs)} at ${formatLevel(1, cellModel(record.cell))} (bound ${pass})`,
  };
}

/** Of the same repeat if it was measured, else of the first repeat that was. */
function directP99Us({ cell }: CellRecord, records: readonly CellRecord[], level: number): number | null {
  const candidates = records.filter(
    (record) =>
      record.gateway.kind === 'direct' &&
      record.outcome.kind === 'ok' &&
      isSameLoad(record.cell, cell, level) &&
      record.latencyUs !== null,
  );
  const chosen = candidates.find((record) => record.cell.repeat === cell.repeat) ?? candidates[0];
  return chosen?.latencyUs?.p99 ?? null;
}
