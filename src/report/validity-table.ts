import { formatList } from '../lib/format.js';
import type { CellRecord, DamagedRecord, GateResult } from '../model/record.js';
import { columns, type Section } from './section.js';

/**
 * Records that can't be used and gates that warned or failed, a row each; what could not be told is counted under the
 * table.
 */
export function validitySection(records: readonly CellRecord[], damaged: readonly DamagedRecord[] = []): Section {
  const judged = records.filter(({ gates }) => gates.length > 0);
  const unusable = damaged.map(({ cellId, reason }) => [cellId, 'record', 'damaged', reason]);
  const findings = judged.flatMap((record) =>
    record.gates
      .filter(({ verdict }) => verdict === 'invalid' || verdict === 'warn')
      .map((gate) => [record.cell.id, gate.gate, gate.verdict, gate.message]),
  );
  const rows = [...unusable, ...findings];
  const quiet = judged.filter(({ gates }) => gates.every(({ verdict }) => verdict === 'pass' || verdict === 'unknown'));
  return {
    title: 'Validity',
    lead: [
      `${judged.length} of ${records.length} cells were measured and judged; ${quiet.length} of them passed every gate that could be evaluated. ` +
        'A cell with an invalid gate keeps its numbers, marked; a warning leaves the judgement to you.',
    ],
    table: rows.length === 0 ? null : { columns: columns(['Cell', 'Gate', 'Verdict', 'Observed'], 4), rows },
    notes: [...records.flatMap(retryNote), ...unknowns(judged)],
  };
}

/** `nginx-v50-r1 was measured 2 times, and its last measurement counts. …` */
function retryNote({ cell, earlierAttempts }: CellRecord): string[] {
  if (earlierAttempts.length === 0) return [];
  const before = earlierAttempts.map(({ reasons }, index) => `attempt ${index + 1}: ${reasons.join('; ')}`);
  return [
    `${cell.id} was measured ${earlierAttempts.length + 1} times, and its last measurement counts. Invalid because of the machine, ` +
      `and kept in cells/${cell.id}/attempts: ${before.join('. ')}.`,
  ];
}

/** `Unknown: steal time in 3 cells (steal time could not be read).` */
function unknowns(records: readonly CellRecord[]): string[] {
  const byGate = new Map<string, GateResult[]>();
  for (const gate of records.flatMap(({ gates }) => gates).filter(({ verdict }) => verdict === 'unknown')) {
    byGate.set(gate.gate, [...(byGate.get(gate.gate) ?? []), gate]);
  }
  return [...byGate].map(([name, gates]) => {
    const messages = [...new Set(gates.map(({ message }) => message))];
    const told = messages.length <= 2 ? formatList(messages) : `${messages[0]}, and others like it`;
    return `Unknown: ${name} in ${gates.length} ${gates.length === 1 ? 'cell' : 'cells'} (${told}).`;
  });
}
