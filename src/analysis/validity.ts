import { formatCount, formatMilliseconds, formatShare } from '../lib/format.js';
import type { LoadResult } from '../model/load.js';
import type { GateResult, MockReport } from '../model/record.js';
import type { HostResources, TreeResources } from '../model/resources.js';
import type { Expectations } from './expectations.js';
import { unknownGate, verdictWithin } from './gate.js';
import { littlesLawGate, littlesLawOpenGate } from './littles-law.js';
import { loadHostsGate } from './load-hosts-gate.js';
import { machineGates } from './machine-gates.js';
import { openLoopGates } from './open-loop-gates.js';
import { samplesNeeded } from './percentile-samples.js';
import { steadyStateGates, windowLatencies, windowRates } from './steady-state.js';
import { THRESHOLDS } from './thresholds.js';
import { UPSTREAM_REQUESTS_GATE, upstreamRequestsGate } from './upstream-requests.js';

/** What the gates of one cell are computed from. Null could not be read. */
export interface MeasuredCell {
  /** Of a closed loop, the most of them where it has stages; null of an open loop. */
  vus: number | null;
  load: LoadResult;
  /** `external` where the upstream is none of ours. */
  mock: MockReport | 'external' | null;
  /** Of the load engine's processes, in the window. */
  engine: TreeResources | null;
  host: HostResources | null;
  /** What the scenario makes happen; nothing where absent. */
  expects?: Expectations;
}

/**
 * Every gate that needs one cell alone, in the order of docs/methodology.md. An unreadable value is `unknown`, never a
 * pass. The gate that compares cells is in `deriveRun`.
 */
export function gatesOf(measured: MeasuredCell): GateResult[] {
  const { load } = measured;
  return [
    // First, because they are the reason where others are not passed.
    ...machineGates(measured.host, measured.load.windowS),
    measured.vus === null ? littlesLawOpenGate(load) : littlesLawGate(meanVus(measured.vus, load), load),
    ...openLoopGates(load),
    engineGate(measured.load, measured.engine),
    ...upstreamGates(measured),
    localFailuresGate(measured.load),
    ...steadyGates(load, measured.expects?.unsteady),
    percentileSamplesGate(measured.load),
  ];
}

/** Of a load with stages, the mean over the window. */
function meanVus(vus: number, { stages }: LoadResult): number {
  if (stages === undefined) return vus;
  const area = stages.reduce((sum, { durationS, from, to }) => sum + ((from + to) / 2) * durationS, 0);
  return area / stages.reduce((sum, { durationS }) => sum + durationS, 0);
}

/** @param unsteady why it isn't meant to be steady; undefined where it is */
function steadyGates(
  { seconds, windowS, absent, arrivals, stages }: LoadResult,
  unsteady: string | undefined,
): GateResult[] {
  if (stages !== undefined) return steadyStateGates([], 'the load changes from stage to stage');
  if (arrivals?.distribution === 'recorded') return steadyStateGates([], 'recorded arrivals come and go');
  // Of an open loop the rate is given, and random where its arrivals are.
  if (arrivals !== undefined)
    return steadyStateGates(windowLatencies(seconds), unsteady ?? absent.seconds, 'median latency');
  return steadyStateGates(windowRates(seconds, windowS), unsteady ?? absent.seconds);
}

/** Whether the numbers of a cell can be trusted: only an `invalid` gate says no. */
export function judge(gates: readonly GateResult[]): { kind: 'ok' } | { kind: 'invalid'; reasons: string[] } {
  const reasons = gates.filter((gate) => gate.verdict === 'invalid').map((gate) => `${gate.gate}: ${gate.message}`);
  return reasons.length === 0 ? { kind: 'ok' } : { kind: 'invalid', reasons };
}

/** Event-loop utilisation if the engine has one, else the CPU of its workers; the hosts' CPU for a load from other hosts. */
function engineGate(load: LoadResult, engine: TreeResources | null): GateResult {
  if (load.hosts !== undefined) return loadHostsGate(load.hosts);
  const gate = 'load engine';
  const { passShare } = THRESHOLDS.engineUtilisation;
  const cpuPercent = engine?.cpuPercentMean ?? null;
  const [value, what] =
    load.eventLoopUtilisation !== null
      ? [load.eventLoopUtilisation, "busiest worker's event loop"]
      : [cpuPercent === null ? null : cpuPercent / 100 / Math.max(1, load.workers), "engine's CPU per worker"];
  if (value === null) return unknownGate(gate, 'neither event-loop utilisation nor CPU of the engine could be read');
  const passed = value <= passShare;
  const figures = `${what} at ${formatShare(value)} (bound ${formatShare(passShare)})`;
  return {
    gate,
    verdict: passed ? 'pass' : 'invalid',
    value,
    message: passed ? figures : `${figures}: the generator may have been the limit`,
  };
}

/** Of an upstream that isn't ours, neither lateness nor requests can be known. */
function upstreamGates({ mock, load, expects }: MeasuredCell): GateResult[] {
  if (mock === 'external') {
    const why = "the upstream is not gatebench's mock";
    return [unknownGate('mock upstream', why), unknownGate(UPSTREAM_REQUESTS_GATE, why)];
  }
  return [mockGate(mock), upstreamRequestsGate(load.wholeLoad, mock?.wholeLoad ?? null, expects)];
}

function mockGate(mock: MockReport | null): GateResult {
  const gate = 'mock upstream';
  const value = mock?.latenessUs?.p99 ?? null;
  if (value === null) return unknownGate(gate, "the mock's lateness could not be read");
  const { pass, warn } = THRESHOLDS.mockLatenessP99Us;
  return {
    gate,
    verdict: verdictWithin(value, { pass, warn }),
    value,
    message: `responses were late by ${formatMilliseconds(value)} at p99 (bounds ${formatMilliseconds(pass)} and ${formatMilliseconds(warn)})`,
  };
}

/** Running out of ports or descriptors here is never the gateway's fault, so it voids the window. */
function localFailuresGate(load: LoadResult): GateResult {
  const value = load.requests.failed.local ?? 0;
  return {
    gate: 'local failures',
    verdict: value === 0 ? 'pass' : 'invalid',
    value,
    message:
      value === 0
        ? 'no request failed for lack of local ports or descriptors'
        : `${value} requests failed because this machine ran out of ports or descriptors: the window is void`,
  };
}

/** Too few samples are not the cell's fault: `unknown`, never a warning; tables mark the percentile. */
function percentileSamplesGate(load: LoadResult): GateResult {
  const count = load.latencyUs?.count ?? 0;
  const needed = { p95: samplesNeeded(0.95), p99: samplesNeeded(0.99) };
  const short = Object.entries(needed).filter(([, samples]) => count < samples);
  return {
    gate: 'percentile samples',
    verdict: short.length === 0 ? 'pass' : 'unknown',
    value: count,
    message:
      short.length === 0
        ? `${formatCount(count)} successes are enough for p95 and p99`
        : `${formatCount(count)} successes: ${short.map(([name, samples]) => `${name} needs ${formatCount(samples)}`).join(', ')} for a margin of a twentieth of the tail at 99 %`,
  };
}
