import type { MetricName } from '../../model/metric.js';
import type { Outcome } from '../../model/record.js';

/** What the page's script draws: everything else on the page is HTML already. */
export interface PageData {
  /** In the plan's order. */
  gateways: PageGateway[];
  /** Every level of the run, ascending: VUs, or planned requests a second. */
  vus: number[];
  model: 'closed' | 'open';
  cells: PageCell[];
  /** What a request takes at the upstream alone, if that is always the same. */
  upstreamLatencyS: number | null;
  /** Of a cell, in seconds; the window begins at 0. */
  phases: { idleS: number; warmupS: number; windowS: number; recoveryS: number };
  /** Whether the load or the upstream changes within the window by design: then cells have their seconds. */
  changes: boolean;
  /** Stretches of the window in which the upstream fails by design, in seconds. */
  faults: { title: string; from: number; to: number }[];
  /** Requests a second that were due over the window, as corners of a line; null but for an open loop in stages. */
  planned: { x: number; y: number }[] | null;
  /** Whether rates, and p99, span more than a decade: then a logarithmic axis comes first. */
  wideRates: boolean;
  wideLatencies: boolean;
}

export interface PageGateway {
  label: string;
  title: string;
  /** Readable on a light and on a dark page. */
  colour: { light: string; dark: string };
  dash: number[];
  mark: PointShape;
  /** No gateway at all: what the others are measured against. */
  direct: boolean;
}

/** A mark's style, as Chart.js names it, and its rotation in degrees. */
export interface PointShape {
  style: string;
  rotation: number;
}

export type CellState = Outcome['kind'] | 'missing';

/** An estimate, with its interval where repeats give one. */
export type Figure = [estimate: number, low?: number, high?: number];

/** A gateway at a VU level: the repeat that the tables show, with what all its repeats say. */
export interface PageCell {
  /** Index of the gateway. */
  gateway: number;
  vus: number;
  state: CellState;
  /** What a reader must know of it, in sentences. */
  remarks: string[];
  figures: Partial<Record<MetricName, Figure>>;
  /** Successful requests behind the percentiles; 0 without any. */
  requests: number;
  /** Microseconds at each of `PERCENTILES`, as differences from the one before; null without a histogram. */
  latency: number[] | null;
  /** Null without samples. */
  course: Course | null;
  /** Null unless the load or the upstream changes within the window. */
  seconds: Seconds | null;
}

/** Seconds of a cell's load, side by side. */
export interface Seconds {
  atS: number[];
  /** Successes. */
  ratePerSec: number[];
  p99Us: (number | null)[];
}

/** A cell's seconds, side by side. */
export interface Course {
  atS: number[];
  cpuPercent: (number | null)[];
  rssMiB: (number | null)[];
  pssMiB: (number | null)[];
  /** Seconds at which its process ended; null if it didn't. */
  endedAtS: number | null;
}
