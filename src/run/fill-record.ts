import { hostResources, treeResources } from '../analysis/tree-resources.js';
import { gatesOf, judge } from '../analysis/validity.js';
import { completionsOf, type LoadResult } from '../model/load.js';
import type { CellRecord, Outcome } from '../model/record.js';
import type { Sample } from '../model/resources.js';

/** What the engine measured. */
export function fillLoad(
  record: CellRecord,
  load: LoadResult,
  window: { warmupS: number; durationS: number; startedAt: string | null },
): void {
  record.window = { ...window, measuredS: load.windowS, startedAt: window.startedAt ?? record.startedAt };
  record.engine.workers = load.workers;
  if (load.hosts) record.engine.hosts = load.hosts;
  record.requests = load.requests;
  record.ratePerSec = load.windowS > 0 ? load.requests.ok / load.windowS : null;
  record.latencyUs = load.latencyUs;
  record.failedLatencyUs = load.failedLatencyUs;
  record.meanResponseUs = load.meanResponseUs;
  record.absent = load.absent;
  record.connectUs = load.connectUs;
  record.firstByteUs = load.firstByteUs;
  record.eventLoopUtilisation = load.eventLoopUtilisation;
  record.seconds = load.seconds;
  record.failureExamples = load.failureExamples;
}

/** What the trees and the host used. */
export function fillResources(record: CellRecord, samples: Sample[], load: LoadResult | null): void {
  const completions = load === null ? 0 : completionsOf(load.requests);
  const windowS = load?.windowS ?? 0;
  const of = (tree: 'gateway' | 'mock' | 'engine') => treeResources(samples, tree, completions, windowS);
  record.resources = { gateway: of('gateway'), mock: of('mock'), engine: of('engine'), host: hostResources(samples) };
}

/** Whether the numbers can be trusted; the gates go into the record. */
export function judgeCell(record: CellRecord, load: LoadResult | null): Outcome {
  if (!load) return { kind: 'invalid', reasons: ['the engine reported nothing'] };
  const { engine, host } = record.resources;
  record.gates = gatesOf({ vus: record.cell.vus, load, mock: record.mock, engine, host });
  if (load.requests.ok === 0) return { kind: 'invalid', reasons: ['not one request succeeded in the window'] };
  return judge(record.gates);
}
