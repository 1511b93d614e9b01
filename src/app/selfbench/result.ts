import type { Machine } from '../../model/run.js';
import type { Row, TrialOutcome } from './median-rows.js';
import type { TargetVerdict } from './target-judgement.js';
import type { UpstreamKind } from './trial.js';

/** Something that could not take part, and what to do about it. */
export interface Absent {
  name: string;
  reason: string;
  hint: string;
}

export interface SelfbenchSettings {
  durationS: number;
  warmupS: number;
  rounds: number;
}

/** A whole run, as `--json` prints it. */
export interface SelfbenchResult {
  createdAt: string;
  harness: { version: string; commit: string | null; dirty: boolean | null; node: string };
  machine: Machine;
  /** Of the last minute before the run: what else the machine had to do. */
  load1Before: number;
  settings: SelfbenchSettings;
  /** The engine that drove the mocks, and whose percentiles were held against the truth. */
  driver: string;
  engines: { name: string; version: string }[];
  upstreams: { kind: UpstreamKind; title: string; version: string }[];
  absent: Absent[];
  /** Of every round, in the order in which they were taken. */
  outcomes: TrialOutcome[];
  rows: Row[];
  targets: TargetVerdict[];
}
