import { deriveCell } from '../../src/analysis/derive-run.js';
import type { LoadProgress } from '../../src/load/engine.js';
import type { Cell } from '../../src/model/cell.js';
import type { PlannedGateway } from '../../src/model/run.js';
import type { Scenario } from '../../src/model/scenario.js';
import { expandCells } from '../../src/plan/expand.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import type { WatchedRun } from '../../src/watch/run-state.js';
import { type CellFacts, recordOf } from './record-builder.js';
import { aScenario } from './scenario.js';

const LOAD = { vus: [50, 150], warmupS: 5, durationS: 60, idleS: 2, recoveryS: 5, cooldownS: 4, repeats: 1 };

export function plannedGateway(gateway: string, more: Partial<PlannedGateway> = {}): PlannedGateway {
  return { gateway, variant: 'default', title: gateway, skip: null, version: '1.0.0', ...more };
}

/** A run of some gateways that can be watched. */
export function watchedRun(
  gateways: readonly (string | PlannedGateway)[] = ['direct', 'portkey'],
  load: Partial<Scenario['load']> = {},
  engine = 'native',
): WatchedRun {
  const planned = gateways.map((each) => (typeof each === 'string' ? plannedGateway(each) : each));
  const scenario = { ...aScenario({ ...LOAD, ...load }), title: 'The published benchmark' };
  return {
    scenario,
    calibration: false,
    engine: { name: engine, version: '0.1.0' },
    gateways: planned,
    cells: expandCells(scenario, planned, 7),
  };
}

/** The cell of a run with this id. */
export function cellIn(run: WatchedRun, id: string): Cell {
  const cell = run.cells.find((each) => each.id === id);
  if (cell === undefined) throw new Error(`no cell ${id} among ${run.cells.map((each) => each.id).join(', ')}`);
  return cell;
}

export function startedEvent(run: WatchedRun, id: string, secondsLeftInRun = 754): RunEvent {
  const index = run.cells.findIndex((cell) => cell.id === id) + 1;
  return { type: 'cell-started', cell: cellIn(run, id), index, total: run.cells.length, secondsLeftInRun };
}

export function loadEvent(run: WatchedRun, id: string, progress: Partial<LoadProgress> = {}): RunEvent {
  const second: LoadProgress = { phase: 'window', atS: 12, ratePerSec: 1_234.4, p99Us: 70_250, failed: 0, ...progress };
  return { type: 'load', cell: cellIn(run, id), progress: second };
}

export function finishedEvent(run: WatchedRun, facts: CellFacts): Extract<RunEvent, { type: 'cell-finished' }> {
  const record = recordOf(facts);
  const index = run.cells.findIndex((cell) => cell.id === record.cell.id) + 1;
  return {
    type: 'cell-finished',
    cell: record.cell,
    record: deriveCell(record, [record]),
    index,
    total: run.cells.length,
  };
}
