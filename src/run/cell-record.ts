import type { Expectations } from '../analysis/expectations.js';
import { hostResources } from '../analysis/host-resources.js';
import { treeResources } from '../analysis/tree-resources.js';
import { gatesOf, judge } from '../analysis/validity.js';
import { runClock } from '../lib/run-clock.js';
import type { Engine } from '../load/engine.js';
import { completionsOf, type LoadResult } from '../model/load.js';
import type { CellRecord, Outcome } from '../model/record.js';
import type { Sample } from '../model/resources.js';
import { AS_PROCESS } from '../model/runtime.js';
import type { ServiceInfo } from '../model/service.js';
import type { CellInput } from './cell-context.js';

type Subject = Pick<CellInput, 'cell' | 'gateway' | 'receipt' | 'runtime'>;

/** A record of nothing measured yet; it is filled in as the cell proceeds. */
export function blankRecord(subject: Subject, engine: Engine): CellRecord {
  const { cell, gateway, runtime = AS_PROCESS } = subject;
  const now = runClock.now();
  return {
    schemaVersion: 2,
    cell,
    gateway: {
      title: gateway.title,
      kind: gateway.kind === 'direct' ? 'direct' : 'process',
      baseline: gateway.kind === 'direct' || (gateway.kind === 'process' && gateway.baseline),
      language: gateway.language,
      colour: gateway.colour,
      ...originOf(subject),
      runtime,
      configSha256: null,
      response: gateway.response,
      services: servicesOf(subject),
      notes: gateway.notes,
    },
    engine: { name: engine.name, version: engine.version, workers: null },
    outcome: { kind: 'failed', stage: 'preflight', error: 'not finished', logTail: [] },
    gates: [],
    window: null,
    requests: null,
    wholeLoad: null,
    ratePerSec: null,
    latencyUs: null,
    failedLatencyUs: null,
    meanResponseUs: null,
    absent: {},
    connectUs: null,
    firstByteUs: null,
    stream: null,
    resources: { gateway: null, mock: null, engine: null, host: null, services: null },
    mock: null,
    calibration: null,
    eventLoopUtilisation: null,
    profile: null,
    seconds: [],
    failureExamples: [],
    earlierAttempts: [],
    wallClockAheadMs: null,
    startedAt: now,
    endedAt: now,
  };
}

/** The record of a cell whose gateway can't run. */
export function skippedRecord(
  subject: Subject,
  engine: Engine,
  outcome: Extract<Outcome, { kind: 'skipped' }>,
): CellRecord {
  return { ...blankRecord(subject, engine), outcome };
}

/** Where the program came from. An image doesn't report its version; its digest pins it. */
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

/** The programs beside it, as they were installed. */
function servicesOf({ gateway, receipt }: Subject): ServiceInfo[] {
  if (gateway.kind !== 'process' || receipt === null) return [];
  return Object.entries(gateway.services).flatMap(([name, { title }]) => {
    const installed = receipt.services[name];
    if (installed === undefined) return [];
    const { version, method, pinnedBy } = installed;
    return [{ name, title, version, installedBy: method, pinnedBy }];
  });
}

/** Record what the engine measured. */
export function recordLoad(
  record: CellRecord,
  load: LoadResult,
  window: { warmupS: number; durationS: number; startedAt: string | null },
): void {
  record.window = { ...window, measuredS: load.windowS, startedAt: window.startedAt ?? record.startedAt };
  record.engine.workers = load.workers;
  if (load.hosts) record.engine.hosts = load.hosts;
  record.requests = load.requests;
  record.wholeLoad = load.wholeLoad;
  record.ratePerSec = load.windowS > 0 ? load.requests.ok / load.windowS : null;
  record.latencyUs = load.latencyUs;
  record.failedLatencyUs = load.failedLatencyUs;
  record.meanResponseUs = load.meanResponseUs;
  record.absent = load.absent;
  record.connectUs = load.connectUs;
  record.firstByteUs = load.firstByteUs;
  if (load.classes) record.classes = load.classes;
  if (load.arrivals !== undefined) {
    record.arrivals = load.arrivals;
    record.sendDelayUs = load.sendDelayUs ?? null;
    record.rawLatencyUs = load.rawLatencyUs ?? null;
  }
  if (load.stages !== undefined) record.stages = load.stages;
  record.stream = load.stream ?? null;
  record.eventLoopUtilisation = load.eventLoopUtilisation;
  record.seconds = load.seconds;
  record.failureExamples = load.failureExamples;
}

/** Record what the process trees and the host used. */
export function recordResources(record: CellRecord, samples: readonly Sample[], load: LoadResult | null): void {
  const completions = load === null ? 0 : completionsOf(load.requests);
  const windowS = load?.windowS ?? 0;
  const of = (tree: 'gateway' | 'services' | 'mock' | 'engine') => treeResources(samples, tree, completions, windowS);
  record.resources = {
    gateway: of('gateway'),
    mock: of('mock'),
    engine: of('engine'),
    host: hostResources(samples),
    services: of('services'),
  };
}

/**
 * Record the gates, and return whether the numbers can be trusted.
 * @param expects what the scenario makes happen
 */
export function judgeCell(
  record: CellRecord,
  load: LoadResult,
  externalUpstream: boolean,
  expects: Expectations,
): Outcome {
  const { engine, host } = record.resources;
  const mock = externalUpstream ? 'external' : record.mock;
  record.gates = gatesOf({ vus: record.cell.vus ?? null, load, mock, engine, host, expects });
  // Where the upstream fails by design, that is a result.
  if (load.requests.ok === 0 && !expects.faults) {
    return { kind: 'invalid', reasons: ['not one request succeeded in the window'] };
  }
  return judge(record.gates);
}

/** A gateway that doesn't stop says nothing about its numbers, but the reader should know. */
export function recordStop(record: CellRecord, stopped: { graceful: boolean; portsFree: boolean }): void {
  if (stopped.graceful && stopped.portsFree) return;
  record.gates.push({
    gate: 'stop',
    verdict: 'warn',
    value: null,
    message: stopped.portsFree
      ? 'the gateway ignored the request to stop and was killed'
      : 'a port of the gateway was still in use after it had been stopped',
  });
}

/** A wall clock is never quite as fast as the monotonic one, and is corrected by a little now and then. */
const WALL_CLOCK_TOLERANCE_MS = 1_000;

/** Record when the cell ended, and whether the wall clock still says the same. */
export function recordEnd(record: CellRecord): void {
  record.endedAt = runClock.now();
  const aheadMs = Math.round(runClock.wallAheadMs());
  if (Math.abs(aheadMs) > WALL_CLOCK_TOLERANCE_MS) record.wallClockAheadMs = aheadMs;
}
