import { formatMilliseconds } from '../lib/format.js';
import type { CellRecord, GateResult } from '../model/record.js';
import { THRESHOLDS } from './thresholds.js';

export const DIRECT_GATE = 'direct p99';

/**
 * The rig itself under the same load: direct p99 at this many VUs at most twice its p99 with one VU (AIGatewayBench).
 * Unknown where the run has no direct cell at these VUs, or none with one VU to compare with.
 */
export function directGate(record: CellRecord, records: readonly CellRecord[]): GateResult {
  const single = directP99Us(record, records, 1);
  const loaded = directP99Us(record, records, record.cell.vus);
  if (single === null || loaded === null) {
    const missing = loaded === null ? `no direct cell at ${record.cell.vus} VUs` : 'no direct cell with 1 VU';
    return { gate: DIRECT_GATE, verdict: 'unknown', value: null, message: `${missing} in this run` };
  }
  const ratio = loaded / single;
  const { pass } = THRESHOLDS.directP99Ratio;
  return {
    gate: DIRECT_GATE,
    verdict: ratio <= pass ? 'pass' : 'warn',
    value: ratio,
    message: `without a gateway p99 is ${formatMilliseconds(loaded)}, ${Number(ratio.toPrecision(3))} times its ${formatMilliseconds(single)} with 1 VU (bound ${pass})`,
  };
}

/** Of the same repeat where it was measured, else of the first repeat that was. */
function directP99Us({ cell }: CellRecord, records: readonly CellRecord[], vus: number): number | null {
  const candidates = records.filter(
    (record) =>
      record.gateway.kind === 'direct' &&
      record.outcome.kind === 'ok' &&
      record.cell.scenario === cell.scenario &&
      record.cell.stream === cell.stream &&
      record.cell.vus === vus &&
      record.latencyUs !== null,
  );
  const chosen = candidates.find((record) => record.cell.repeat === cell.repeat) ?? candidates[0];
  return chosen?.latencyUs?.p99 ?? null;
}
