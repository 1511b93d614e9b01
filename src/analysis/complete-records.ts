import type { CellRecord } from '../model/record.js';
import { DIRECT_GATE, directGate } from './direct-gate.js';
import { overheads } from './overhead.js';

/**
 * Fill in what only all cells together can say: overhead and the direct path's gate. Records are written as soon as a
 * cell ends, so this happens when they are read, and doing it twice changes nothing.
 */
export function completeRecords(records: readonly CellRecord[]): CellRecord[] {
  const overheadUs = overheads(records);
  return records.map((record) => ({
    ...record,
    overheadUs: overheadUs.get(record.cell.id) ?? null,
    gates:
      record.gates.length === 0
        ? []
        : [...record.gates.filter((gate) => gate.gate !== DIRECT_GATE), directGate(record, records)],
  }));
}
