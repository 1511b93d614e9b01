import type { LoadProgress } from '../load/engine.js';
import type { GateResult, Outcome, Stage } from '../model/record.js';

/**
 * A run as it is now, for whoever draws it: a terminal or a page. Plain data, so that it can be sent as JSON; its parts
 * change at different times, and only those that did are sent.
 */
export interface RunView {
  head: RunHead;
  grid: Grid;
  gates: GateTally[];
  /** Gates that were not passed and cells that broke, the newest first. */
  fallen: Fallen[];
  /** What was noted besides, the newest last. */
  notes: string[];
  /** The cell that is measured, or was last; null before the first. */
  current: CurrentCell | null;
  progress: RunProgress;
  /** Null while the run goes on. */
  end: RunEnd | null;
}

export interface RunHead {
  title: string;
  /** `native 0.1.0`. */
  engine: string;
  /** The upstream's latency, such as `60ms`. */
  upstream: string;
}

/** The plan: a row for each gateway, a column for each level, and in each slot its repeats. */
export interface Grid {
  levels: Level[];
  rows: GridRow[];
}

export interface Level {
  vus?: number | undefined;
  /** Of an open loop, instead of VUs: planned requests a second. */
  ratePerSec?: number | undefined;
  /** Of cells that are profiled; null for those whose numbers count. */
  profiler: string | null;
}

export interface GridRow {
  /** `litellm`, or `litellm:workers`. */
  label: string;
  title: string;
  /** Why none of its cells runs; null if they can. */
  skipped: string | null;
  /** One for each level, in their order. */
  slots: Slot[];
}

/** The repeats of a gateway at a level, in their order; none where the plan has no such cell. */
export type Slot = Mark[];

/** How a cell stands. */
export type MarkKind = Outcome['kind'] | 'pending' | 'running';

export interface Mark {
  kind: MarkKind;
  ratePerSec: number | null;
  p99Us: number | null;
  /** Why it isn't ok; null if it is, or isn't measured yet. */
  reason: string | null;
}

/** How often a gate gave which verdict. */
export type GateTally = { gate: string } & Record<GateResult['verdict'], number>;

export interface Fallen {
  /** Of the cell, for people. */
  name: string;
  verdict: 'warn' | 'invalid' | 'crashed' | 'failed';
  /** Null where it is the cell that broke. */
  gate: string | null;
  message: string;
}

export interface CurrentCell {
  /** `portkey, 150 VUs, repeat 2`. */
  name: string;
  /** From 1. */
  index: number;
  stage: Stage;
  /** What its stage is doing, where that takes long; null otherwise. */
  status: string | null;
  /** The newest second; null before the load's first. */
  load: LoadProgress | null;
  series: LoadSeries;
  /** Null until it has ended. */
  result: CellResult | null;
}

/** The load's seconds until now. Where a load is long, a bucket holds several. */
export interface LoadSeries {
  warmupS: number;
  durationS: number;
  bucketS: number;
  /** How many there will be. */
  buckets: number;
  /** Mean rate of each bucket; null where nothing is known of it. */
  ratesPerSec: (number | null)[];
  /** The highest p99 of a second in each bucket. */
  p99sUs: (number | null)[];
  /** Why there are none: the engine tells at its end only. */
  silent: string | null;
}

export interface CellResult {
  kind: Outcome['kind'];
  reason: string | null;
  ratePerSec: number | null;
  p50Us: number | null;
  p99Us: number | null;
  failed: number | null;
}

export interface RunProgress {
  /** Cells with a result. */
  finished: number;
  total: number;
  byKind: Record<Outcome['kind'], number>;
  /** Of the run, 0 to 1. */
  share: number;
  /** Since this view of it began. */
  elapsedS: number;
  /** Estimates; null between cells, and once the run is over. */
  cellLeftS: number | null;
  runLeftS: number | null;
}

export type RunEnd =
  | { kind: 'finished' }
  | { kind: 'interrupted'; signal: string }
  | { kind: 'failed'; message: string };
