import type { Engine } from '../load/engine.js';
import type { Cell } from '../model/cell.js';
import type { InstallReceipt } from '../model/install-way.js';
import type { CellRecord, Outcome } from '../model/record.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';

interface Subject {
  cell: Cell;
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
}

/** A record in which nothing is measured yet; it is filled as the cell goes on. */
export function blankRecord({ cell, gateway, receipt }: Subject, engine: Engine): CellRecord {
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
      version: receipt?.reportedVersion ?? null,
      versionSource: receipt?.reportedBy ?? null,
      installedBy: receipt?.way ?? null,
      pinnedBy: receipt?.pinnedBy ?? null,
      configSha256: null,
      notes: gateway.notes,
    },
    engine: { name: engine.name, version: engine.version, workers: null },
    outcome: { kind: 'failed', stage: 'settle', error: 'not finished', logTail: [] },
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
