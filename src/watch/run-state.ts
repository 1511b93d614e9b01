import { formatTitle } from '../lib/format.js';
import type { LoadProgress } from '../load/engine.js';
import type { Cell } from '../model/cell.js';
import type { Stage } from '../model/record.js';
import type { PlannedGateway } from '../model/run.js';
import { cellSeconds, secondsAfterLoad, type TimedRun } from '../plan/estimate.js';
import type { RunEvent } from '../run/cell-context.js';
import { addSecond, emptySeries, type SeriesState } from './load-series.js';
import type { RunEnd, RunHead, RunProgress, RunView } from './run-view.js';
import { type EndedCells, endedCell, nameOf, type Settled, settle } from './settled.js';

/** What of a plan can be watched. */
export interface WatchedRun extends TimedRun {
  engine: { name: string; version: string };
  gateways: readonly PlannedGateway[];
  cells: readonly Cell[];
}

interface Current {
  readonly cell: Cell;
  readonly index: number;
  readonly stage: Stage;
  readonly status: string | null;
  readonly load: LoadProgress | null;
  readonly series: SeriesState;
  /** When it is expected to end. */
  readonly endsMs: number;
  readonly hasEnded: boolean;
}

/** All that is known of a run while it goes on. A value: {@link advance} makes the next one. */
export interface RunState {
  readonly run: WatchedRun;
  readonly cells: readonly Cell[];
  readonly ended: EndedCells;
  readonly settled: Settled;
  readonly current: Current | null;
  readonly notes: readonly string[];
  readonly startedMs: number;
  /** When the run is expected to end; null before its first cell. */
  readonly endsMs: number | null;
  readonly end: { how: RunEnd; atMs: number } | null;
}

const MAX_NOTES = 20;

/** @param nowMs of any clock that never jumps, the same for every call */
export function startState(run: WatchedRun, nowMs: number): RunState {
  return {
    run,
    cells: run.cells,
    ended: new Map(),
    settled: settle(run.gateways, run.cells, new Map(), null),
    current: null,
    notes: [],
    startedMs: nowMs,
    endsMs: null,
    end: null,
  };
}

/** The state after something has happened in the run. */
export function advance(state: RunState, event: RunEvent, nowMs: number): RunState {
  switch (event.type) {
    case 'records':
      return withEnded(state, event.records.map(endedCell));
    case 'cell-started':
      return started(state, event, nowMs);
    case 'stage':
      return withCurrent(state, { stage: event.stage, status: null });
    case 'load':
      return loaded(state, event.progress, nowMs);
    case 'profile':
      return withCurrent(state, { status: event.status });
    case 'cell-finished':
      return withEnded(withCurrent(state, { hasEnded: true }), [endedCell(event.record)]);
    case 'note':
      return { ...state, notes: [...state.notes, event.message].slice(-MAX_NOTES) };
    default:
      return event satisfies never;
  }
}

/** The state of a run that is over. */
export function endState(state: RunState, how: RunEnd, nowMs: number): RunState {
  const current = state.current?.hasEnded === true ? state.current : null;
  return resettled({ ...state, current, end: { how, atMs: nowMs } });
}

function started(state: RunState, event: Extract<RunEvent, { type: 'cell-started' }>, nowMs: number): RunState {
  const { cell, index, secondsLeftInRun } = event;
  const { run, cells } = state;
  const { load } = run.scenario;
  return resettled({
    ...state,
    // A run that goes on until its figures are known has more cells than its plan.
    cells: cells.some(({ id }) => id === cell.id) ? cells : [...cells, cell],
    current: {
      cell,
      index,
      stage: 'preflight',
      status: null,
      load: null,
      series: emptySeries(load),
      endsMs: nowMs + (cellSeconds(run) - load.cooldownS) * 1000,
      hasEnded: false,
    },
    endsMs: nowMs + secondsLeftInRun * 1000,
  });
}

/** Under load it is known when the cell will end: the run then ends as much later or earlier as the cell does. */
function loaded(state: RunState, progress: LoadProgress, nowMs: number): RunState {
  const { current, run, endsMs } = state;
  if (current === null) return state;
  const { warmupS, durationS } = run.scenario.load;
  const loadLeftS = progress.phase === 'warmup' ? warmupS + durationS - progress.atS : durationS - progress.atS;
  const cellEndsMs = nowMs + (Math.max(0, loadLeftS) + secondsAfterLoad(run)) * 1000;
  return {
    ...state,
    current: {
      ...current,
      load: progress,
      series: addSecond(current.series, progress, run.engine.name),
      endsMs: cellEndsMs,
    },
    endsMs: endsMs === null ? null : endsMs + cellEndsMs - current.endsMs,
  };
}

function withCurrent(state: RunState, changes: Partial<Current>): RunState {
  return state.current === null ? state : { ...state, current: { ...state.current, ...changes } };
}

function withEnded(state: RunState, cells: ReturnType<typeof endedCell>[]): RunState {
  const ended = new Map(state.ended);
  for (const each of cells) {
    // At the end of the order, also where the cell was measured before.
    ended.delete(each.cell.id);
    ended.set(each.cell.id, each);
  }
  return resettled({ ...state, ended });
}

function resettled(state: RunState): RunState {
  const { run, cells, ended, current } = state;
  const runningId = current === null || current.hasEnded ? null : current.cell.id;
  return { ...state, settled: settle(run.gateways, cells, ended, runningId) };
}

/** The run as it is at this moment. */
export function viewOf(state: RunState, nowMs: number): RunView {
  const { run, settled, current, ended, notes, end } = state;
  return {
    head: headOf(run),
    ...settled,
    notes: [...notes],
    current:
      current === null
        ? null
        : {
            name: nameOf(current.cell),
            index: current.index,
            stage: current.stage,
            status: current.status,
            load: current.load,
            series: current.series.series,
            result: current.hasEnded ? (ended.get(current.cell.id)?.result ?? null) : null,
          },
    progress: progressOf(state, end?.atMs ?? nowMs),
    end: end?.how ?? null,
  };
}

function headOf({ scenario, engine }: WatchedRun): RunHead {
  return {
    title: scenario.title,
    engine: formatTitle(engine.name, engine.version),
    upstream: scenario.upstream.latency,
  };
}

function progressOf({ run, cells, ended, current, startedMs, endsMs, end }: RunState, nowMs: number): RunProgress {
  const byKind = { ok: 0, skipped: 0, invalid: 0, crashed: 0, failed: 0 };
  for (const { result } of ended.values()) byKind[result.kind] += 1;
  const secondsUntil = (ms: number) => Math.max(0, (ms - nowMs) / 1000);
  const isRunning = current !== null && !current.hasEnded && end === null;
  const cellLeftS = isRunning ? secondsUntil(current.endsMs) : null;
  const isFirst = isRunning && !ended.has(current.cell.id);
  const ofCurrent = cellLeftS === null || !isFirst ? 0 : Math.min(1, Math.max(0, 1 - cellLeftS / cellSeconds(run)));
  return {
    finished: ended.size,
    total: cells.length,
    byKind,
    share: cells.length === 0 ? 0 : Math.min(1, (ended.size + ofCurrent) / cells.length),
    elapsedS: Math.max(0, (nowMs - startedMs) / 1000),
    cellLeftS,
    runLeftS: endsMs === null || end !== null ? null : secondsUntil(endsMs),
  };
}
