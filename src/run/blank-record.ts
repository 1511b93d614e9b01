import type { Engine } from '../load/engine.js';
import type { Cell } from '../model/cell.js';
import type { InstallReceipt } from '../model/install-method.js';
import type { CellRecord, Outcome } from '../model/record.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';
import { AS_PROCESS, type GatewayRuntime } from '../model/runtime.js';

interface Subject {
  cell: Cell;
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
  /** A process where absent. */
  runtime?: GatewayRuntime;
}

/** A record in which nothing is measured yet; it is filled as the cell goes on. */
export function blankRecord(subject: Subject, engine: Engine): CellRecord {
  const { cell, gateway, runtime = AS_PROCESS } = subject;
  const now = new Date().toISOString();
  return {
    schemaVersion: 1,
    cell,
    gateway: {
      title: gateway.title,
      kind: gateway.kind,
      baseline: gateway.kind === 'direct' || gateway.baseline,
      language: gateway.language,
      colour: gateway.colour,
      ...originOf(subject),
      runtime,
      configSha256: null,
      notes: gateway.notes,
    },
    engine: { name: engine.name, version: engine.version, workers: null },
    outcome: { kind: 'failed', stage: 'preflight', error: 'not finished', logTail: [] },
    gates: [],
    window: null,
    requests: null,
    ratePerSec: null,
    latencyUs: null,
    failedLatencyUs: null,
    meanResponseUs: null,
    absent: {},
    connectUs: null,
    firstByteUs: null,
    overheadUs: null,
    resources: { gateway: null, mock: null, engine: null, host: null },
    mock: null,
    eventLoopUtilisation: null,
    profile: null,
    seconds: [],
    failureExamples: [],
    startedAt: now,
    endedAt: now,
  };
}

/** The record of a cell that could not be run at all. */
export function skippedRecord(
  subject: Subject,
  engine: Engine,
  outcome: Extract<Outcome, { kind: 'skipped' }>,
): CellRecord {
  return { ...blankRecord(subject, engine), outcome };
}

/** Where the program came from. An image can't be asked for its version from outside: what pins it is the image itself. */
function originOf({ gateway, receipt, runtime = AS_PROCESS }: Subject) {
  if (runtime.kind === 'container' && gateway.kind === 'process') {
    return {
      version: gateway.version,
      versionSource: 'gateway.yaml, for the image',
      installedBy: `${runtime.engine} image`,
      pinnedBy: `${runtime.image.includes('@') ? 'digest' : 'image ID'} ${/sha256:.*$/.exec(runtime.image)?.[0] ?? runtime.image}`,
    };
  }
  return {
    version: receipt?.reportedVersion ?? null,
    versionSource: receipt?.reportedBy ?? null,
    installedBy: receipt?.method ?? null,
    pinnedBy: receipt?.pinnedBy ?? null,
  };
}
