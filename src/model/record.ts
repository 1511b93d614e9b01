import { z } from 'zod';
import { CellCalibration } from './calibration.js';
import { Cell } from './cell.js';
import { ResponseSpec, STRICT_RESPONSE } from './gateway.js';
import {
  ClassLoad,
  Latency,
  LoadHost,
  OpenLoopFigures,
  Requests,
  SecondOfLoad,
  StageOfLoad,
  StreamResult,
  WholeLoad,
} from './load.js';
import { Colour } from './names.js';
import { Count, Microseconds, Moment, Rate, Seconds, Share } from './ranges.js';
import { Dialect } from './request.js';
import { HostResources, TreeResources } from './resources.js';
import { AS_PROCESS, GatewayRuntime } from './runtime.js';
import { ServiceInfo } from './service.js';

/** One rule of docs/methodology.md applied to a cell. */
export const GateResult = z.strictObject({
  gate: z.string(),
  verdict: z.enum(['pass', 'warn', 'invalid', 'unknown']),
  value: z.number().nullable(),
  /** With the figure and the bound. */
  message: z.string(),
});
export type GateResult = z.infer<typeof GateResult>;

/** Stages of a cell, in order. */
export const Stage = z.enum(['preflight', 'mock', 'start', 'ready', 'verify', 'idle', 'load', 'stop', 'profile']);
export type Stage = z.infer<typeof Stage>;

export const Outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ok') }),
  z.strictObject({ kind: z.literal('skipped'), reason: z.string(), hint: z.string().optional() }),
  /** Measured, but the number can't be trusted. */
  z.strictObject({ kind: z.literal('invalid'), reasons: z.array(z.string()).min(1) }),
  /** The gateway died under load. */
  z.strictObject({
    kind: z.literal('crashed'),
    exitCode: z.number().int().nullable(),
    signal: z.string().nullable(),
    phase: z.enum(['warmup', 'window', 'recovery']),
    /** Seconds into that phase. */
    atS: Seconds,
    reason: z.string(),
    logTail: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    stage: Stage,
    error: z.string(),
    hint: z.string().optional(),
    logTail: z.array(z.string()),
  }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const GatewayInfo = z.strictObject({
  title: z.string(),
  kind: z.enum(['direct', 'process']),
  baseline: z.boolean(),
  language: z.string(),
  colour: Colour,
  /** As reported by the gateway or its lock file; null for direct. */
  version: z.string().nullable(),
  versionSource: z.string().nullable(),
  installedBy: z.string().nullable(),
  pinnedBy: z.string().nullable(),
  /** Records made before containers were supported have none. */
  runtime: GatewayRuntime.default(AS_PROCESS),
  /** Hash of the rendered command, environment and configuration files. */
  configSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Which answers counted as right, as its manifest says; older records had no choice. */
  response: ResponseSpec.default(STRICT_RESPONSE),
  /** Programs that ran beside it; older records have none. */
  services: z.array(ServiceInfo).default([]),
  notes: z.array(z.string()),
});
export type GatewayInfo = z.infer<typeof GatewayInfo>;

/** What the upstream was asked, and what it sent in full. */
export const UpstreamServed = z.strictObject({ requests: Count, completions: Count });
export type UpstreamServed = z.infer<typeof UpstreamServed>;

/** The mock upstream in the window. */
export const MockReport = z.strictObject({
  /** If it ran on another machine than the gateway; its CPU and memory are not sampled then. */
  host: z.string().optional(),
  latency: z.string(),
  processes: Count,
  requests: Count.nullable(),
  /** Release time less due time. */
  latenessUs: z.strictObject({ p50: Microseconds, p99: Microseconds, max: Microseconds }).nullable(),
  eventLoopUtilisation: Share.nullable(),
  /** Faults injected, by kind; absent where the scenario has none. */
  faults: z.record(z.string(), Count).optional(),
  /** The second upstream in the window, of a scenario with two. */
  second: z.strictObject({ latency: z.string(), requests: Count.nullable() }).optional(),
  /** Of both upstreams, from before the load's first request to after its last, warm-up included; null if it could not be read. */
  wholeLoad: UpstreamServed.nullable().default(null),
});
export type MockReport = z.infer<typeof MockReport>;

/** What the first answer to each class of requests got wrong. */
export const AnswerDifferences = z.strictObject({
  /** The class; `all` without classes. */
  requests: z.string(),
  dialect: Dialect,
  stream: z.boolean(),
  differences: z.array(z.strictObject({ field: z.string(), problem: z.string() })),
});
export type AnswerDifferences = z.infer<typeof AnswerDifferences>;

/** `cells/<cell-id>/record.json`: what was measured in one cell, and nothing derived from others. */
export const CellRecord = z.strictObject({
  schemaVersion: z.literal(2),
  cell: Cell,
  gateway: GatewayInfo,
  engine: z.strictObject({
    name: z.string(),
    version: z.string(),
    workers: Count.nullable(),
    /** Each host's part, if the load came from other hosts. */
    hosts: z.array(LoadHost).optional(),
  }),
  outcome: Outcome,
  gates: z.array(GateResult),
  window: z
    .strictObject({
      warmupS: Seconds,
      /** As planned. */
      durationS: Seconds,
      /** As measured; shorter if the load was cut off. */
      measuredS: Seconds,
      startedAt: Moment,
    })
    .nullable(),
  requests: Requests.nullable(),
  /** Warm-up included, to compare with `mock.wholeLoad`; older records have none. */
  wholeLoad: WholeLoad.nullable().default(null),
  /** Successes over the measured window. */
  ratePerSec: Rate.nullable(),
  latencyUs: Latency.nullable(),
  failedLatencyUs: Latency.nullable(),
  meanResponseUs: Microseconds.nullable(),
  /** What the engine can't report, each field with the reason. */
  absent: z.record(z.string(), z.string()).default({}),
  /** Time to connect and to the first byte; older records have neither. */
  connectUs: Latency.nullable().default(null),
  firstByteUs: Latency.nullable().default(null),
  /** Each class of a mix; absent where requests have none. */
  classes: z.array(ClassLoad).optional(),
  /** How first answers differed from what they must be, in fields that they can be used without; absent where it wasn't looked at. */
  answers: z.array(AnswerDifferences).optional(),
  ...OpenLoopFigures.shape,
  /** Of a load with stages. */
  stages: z.array(StageOfLoad).optional(),
  /** When frames came, of cells that stream; null in others, in older records, and where the engine doesn't see them. */
  stream: StreamResult.nullable().default(null),
  resources: z.strictObject({
    gateway: TreeResources.nullable(),
    mock: TreeResources.nullable(),
    engine: TreeResources.nullable(),
    host: HostResources.nullable(),
    /** The programs that its manifest names as services, together; not part of `gateway`. Null without any. */
    services: TreeResources.nullable().default(null),
  }),
  mock: MockReport.nullable(),
  /** The machine's own speed around the cell; null if it was not to be measured, as in older records. */
  calibration: CellCalibration.nullable().default(null),
  eventLoopUtilisation: Share.nullable(),
  /** Key figures of a profiled cell's profile; its stacks are in profile.json.gz beside the record. */
  profile: z
    .strictObject({
      samples: Count,
      durationS: Seconds.nullable(),
      event: z.string().nullable(),
      lost: Count.nullable(),
    })
    .nullable()
    .default(null),
  seconds: z.array(SecondOfLoad),
  failureExamples: z.array(z.string()),
  /** Measurements of this cell that were invalid for the machine's sake; their files are in `attempts/`, 1 being the first. */
  earlierAttempts: z.array(z.strictObject({ startedAt: Moment, reasons: z.array(z.string()).min(1) })).default([]),
  /**
   * How far the wall clock was ahead of the run's clock when the cell ended, if by more than a second. All times of a
   * run are by the latter, which was set once and counts on by the monotonic clock.
   */
  wallClockAheadMs: z.number().nullable().default(null),
  startedAt: Moment,
  endedAt: Moment,
});
export type CellRecord = z.infer<typeof CellRecord>;

/** A record that was written and can't be used: the file is cut off, not valid, or that of another cell. */
export interface DamagedRecord {
  cellId: string;
  /** With the file. */
  reason: string;
}

/** Whether a cell has a result. A crash and a skip are results; a failed cell is measured again when a run is resumed. */
export function isFinished({ outcome }: Pick<CellRecord, 'outcome'>): boolean {
  return outcome.kind !== 'failed';
}
