import type { DerivedCell } from '../analysis/derive-run.js';
import { oneLine } from '../analysis/format-outcome.js';
import { formatLevel } from '../lib/format.js';
import type { Cell } from '../model/cell.js';
import { failedCount } from '../model/load.js';
import { cellLevel, cellModel } from '../model/load-level.js';
import type { GateResult, Outcome } from '../model/record.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { PlannedGateway } from '../model/run.js';
import type { CellResult, Fallen, GateTally, Grid, Level, Mark, RunView } from './run-view.js';

/** What is kept of a cell that has ended. */
export interface EndedCell {
  cell: Cell;
  result: CellResult;
  gates: readonly GateResult[];
}

/** By the cell's id, in the order in which they ended. */
export type EndedCells = ReadonlyMap<string, EndedCell>;

export function endedCell(record: DerivedCell): EndedCell {
  const { cell, outcome, ratePerSec, latencyUs, requests, gates } = record;
  return {
    cell,
    result: {
      kind: outcome.kind,
      reason: reasonOf(outcome),
      ratePerSec,
      p50Us: latencyUs?.p50 ?? null,
      p99Us: latencyUs?.p99 ?? null,
      failed: requests === null ? null : failedCount(requests),
    },
    gates,
  };
}

function reasonOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'ok':
      return null;
    case 'invalid':
      return oneLine(outcome.reasons.join('; '));
    case 'crashed':
      return oneLine(`${outcome.reason}, ${outcome.atS.toFixed(1)} s into the ${outcome.phase}`);
    case 'failed':
      return oneLine(`at ${outcome.stage}: ${outcome.error}`);
    case 'skipped':
      return oneLine(outcome.reason);
    default:
      return outcome satisfies never;
  }
}

/** More than anyone scrolls through while a run goes on; the report has all of them. */
const MAX_FALLEN = 50;

/** What changes when a cell begins or ends, and not with every second. */
export type Settled = Pick<RunView, 'grid' | 'gates' | 'fallen'>;

/** @param runningId of the cell that is measured now; null for none */
export function settle(
  gateways: readonly PlannedGateway[],
  cells: readonly Cell[],
  ended: EndedCells,
  runningId: string | null,
): Settled {
  return { grid: gridOf(gateways, cells, ended, runningId), gates: talliesOf(ended), fallen: fallenOf(ended) };
}

function gridOf(
  gateways: readonly PlannedGateway[],
  cells: readonly Cell[],
  ended: EndedCells,
  runningId: string | null,
): Grid {
  const levels = levelsOf(cells);
  const bySlot = new Map<string, Cell[]>();
  for (const cell of cells) {
    const slot = `${labelOf(cell)} ${levelKey(cell)}`;
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), cell]);
  }
  const markOf = (cell: Cell): Mark => {
    const result = ended.get(cell.id)?.result;
    if (cell.id === runningId) return { kind: 'running', ratePerSec: null, p99Us: null, reason: null };
    if (result === undefined) return { kind: 'pending', ratePerSec: null, p99Us: null, reason: null };
    const { kind, ratePerSec, p99Us, reason } = result;
    return { kind, ratePerSec, p99Us, reason };
  };
  return {
    levels,
    rows: gateways.map((gateway) => {
      const label = labelOf(gateway);
      return {
        label,
        title: gateway.title,
        skipped: gateway.skip?.reason ?? null,
        slots: levels.map((level) =>
          (bySlot.get(`${label} ${levelKey(level)}`) ?? []).toSorted((a, b) => a.repeat - b.repeat).map(markOf),
        ),
      };
    }),
  };
}

/** Ascending by VUs, those of profiled cells last. */
function levelsOf(cells: readonly Cell[]): Level[] {
  const byKey = new Map(
    cells.map(({ vus, ratePerSec, profiler }) => [
      levelKey({ vus, ratePerSec, profiler }),
      { vus, ratePerSec, profiler },
    ]),
  );
  return [...byKey.values()].sort(
    (a, b) => (a.profiler ?? '').localeCompare(b.profiler ?? '', 'en') || cellLevel(a) - cellLevel(b),
  );
}

function levelKey(level: Level): string {
  return `${level.profiler ?? ''} ${cellLevel(level)}`;
}

function talliesOf(ended: EndedCells): GateTally[] {
  const tallies = new Map<string, GateTally>();
  for (const { gates } of ended.values()) {
    for (const { gate, verdict } of gates) {
      const tally = tallies.get(gate) ?? { gate, pass: 0, warn: 0, invalid: 0, unknown: 0 };
      tally[verdict] += 1;
      tallies.set(gate, tally);
    }
  }
  return [...tallies.values()];
}

function fallenOf(ended: EndedCells): Fallen[] {
  return [...ended.values()].reverse().flatMap(fallenIn).slice(0, MAX_FALLEN);
}

function fallenIn({ cell, result, gates }: EndedCell): Fallen[] {
  const name = nameOf(cell);
  const { kind } = result;
  const broken: Fallen[] =
    kind === 'crashed' || kind === 'failed'
      ? [{ name, verdict: kind, gate: null, message: result.reason ?? 'for a reason that is not known' }]
      : [];
  const fallen = gates.flatMap(({ gate, verdict, message }): Fallen[] =>
    verdict === 'pass' || verdict === 'unknown' ? [] : [{ name, verdict, gate, message: oneLine(message) }],
  );
  return [...broken, ...fallen];
}

/** `portkey, 150 VUs, repeat 2, perf`. */
export function nameOf(cell: Cell): string {
  const repeat = cell.repeat > 1 ? `, repeat ${cell.repeat}` : '';
  const profiled = cell.profiler === null ? '' : `, ${cell.profiler}`;
  return `${labelOf(cell)}, ${formatLevel(cellLevel(cell), cellModel(cell))}${repeat}${profiled}`;
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}
