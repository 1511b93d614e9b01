import { cellId } from '../../src/model/cell.js';
import type { Latency, LoadResult, Requests, SecondOfLoad } from '../../src/model/load.js';
import type { ProfilerName } from '../../src/model/profiler.js';
import { CellRecord, type GatewayInfo, type Outcome } from '../../src/model/record.js';
import { HostResources, type TreeResources } from '../../src/model/resources.js';
import { Run } from '../../src/model/run.js';

/** What a test wants to say about a cell; the rest is a plausible, valid record. */
export interface CellFacts {
  gateway: string;
  variant?: string;
  vus: number;
  repeat?: number;
  stream?: boolean;
  profiler?: ProfilerName;
  title?: string;
  version?: string | null;
  colour?: string;
  notes?: string[];
  /** `response.object` of its manifest. */
  object?: 'required' | 'optional';
  baseline?: boolean;
  outcome?: Outcome;
  ratePerSec?: number;
  /** Mean and p50; the higher percentiles follow from it unless given. */
  p50Us?: number;
  p99Us?: number;
  failed?: Requests['failed'];
  statusCodes?: Requests['statusCodes'];
  tree?: Partial<TreeResources> | null;
  gates?: CellRecord['gates'];
  /** The machine's speed before and after the cell. */
  calibration?: CellRecord['calibration'];
  /** CPU per request of mock and engine. */
  harnessCpuUs?: number;
  notMeasured?: boolean;
  /** What its engine could not report, by field; counts among it are null then. */
  absent?: CellRecord['absent'];
}

const DURATION_S = 60;

/** A record that its schema accepts. */
export function recordOf(facts: CellFacts): CellRecord {
  const { gateway, variant = 'default', vus, repeat = 1, profiler = null } = facts;
  const outcome = facts.outcome ?? { kind: 'ok' };
  const measured = !(facts.notMeasured ?? (outcome.kind === 'skipped' || outcome.kind === 'failed'));
  const p50Us = facts.p50Us ?? 61_300;
  const ratePerSec = facts.ratePerSec ?? vus / (p50Us / 1e6);
  const ok = Math.round(ratePerSec * DURATION_S);
  const direct = gateway === 'direct';
  const harness = facts.harnessCpuUs === undefined ? {} : { cpuUsPerRequest: facts.harnessCpuUs };
  return CellRecord.parse({
    schemaVersion: 2,
    cell: {
      id: cellId({ gateway, variant, vus, repeat, profiler }),
      gateway,
      variant,
      scenario: 'published',
      vus,
      repeat,
      stream: facts.stream ?? false,
      profiler,
    },
    gateway: infoOf(facts, direct),
    engine: { name: 'autocannon', version: '8.0.0', workers: 2 },
    outcome,
    gates: measured ? (facts.gates ?? [gateOf('pass')]) : [],
    window: measured
      ? { warmupS: 15, durationS: DURATION_S, measuredS: DURATION_S, startedAt: '2026-04-01T10:00:15.000Z' }
      : null,
    requests: measured
      ? uncounted(requestsOf({ vus, ok, failed: facts.failed, statusCodes: facts.statusCodes }), facts.absent)
      : null,
    wholeLoad: measured ? { ok, sentAtMost: ok } : null,
    ratePerSec: measured ? ratePerSec : null,
    latencyUs: measured && ok > 0 && facts.absent?.latencyUs === undefined ? latencyOf(ok, p50Us, facts.p99Us) : null,
    failedLatencyUs: null,
    meanResponseUs: measured ? p50Us : null,
    absent: measured ? (facts.absent ?? {}) : {},
    connectUs: null,
    firstByteUs: null,
    resources: {
      gateway: measured && !direct && facts.tree !== null ? treeOf(facts.tree) : null,
      mock: measured ? treeOf(harness) : null,
      engine: measured ? treeOf(harness) : null,
      host: measured ? hostOf() : null,
    },
    mock: measured
      ? {
          latency: '60ms',
          processes: 1,
          requests: ok,
          latenessUs: { p50: 90, p99: 400, max: 2100 },
          eventLoopUtilisation: 0.3,
          wholeLoad: { requests: ok, completions: ok },
        }
      : null,
    calibration: facts.calibration ?? null,
    eventLoopUtilisation: measured ? 0.4 : null,
    seconds: [],
    failureExamples: [],
    startedAt: '2026-04-01T10:00:00.000Z',
    endedAt: '2026-04-01T10:01:20.000Z',
  });
}

function infoOf(facts: CellFacts, direct: boolean): GatewayInfo {
  const version = facts.version === undefined ? (direct ? null : '1.0.0') : facts.version;
  return {
    title: facts.title ?? facts.gateway,
    kind: direct ? 'direct' : 'process',
    baseline: facts.baseline ?? false,
    language: 'Go',
    colour: facts.colour ?? '#1f77b4',
    version,
    versionSource: version === null ? null : `${facts.gateway} version`,
    installedBy: version === null ? null : 'go',
    pinnedBy: version === null ? null : 'go.sum h1:…',
    runtime: { kind: 'process' },
    configSha256: version === null ? null : 'a'.repeat(64),
    response: { retryForS: 0, object: facts.object ?? 'required' },
    services: [],
    notes: facts.notes ?? [],
  };
}

export function gateOf(verdict: CellRecord['gates'][number]['verdict'], message = 'as it should be') {
  return { gate: "Little's law", verdict, value: 0.01, message };
}

/** Latencies around a median. */
export function latencyOf(count: number, p50: number, p99 = Math.round(p50 * 1.05)): Latency {
  return {
    count,
    p50,
    p90: p50 + Math.round((p99 - p50) * 0.4),
    p95: p50 + Math.round((p99 - p50) * 0.6),
    p99,
    p999: Math.round(p99 * 1.1),
    min: Math.round(p50 * 0.98),
    mean: p50,
    max: Math.round(p99 * 1.5),
    histogram: 'SGlzdG9ncmFt',
  };
}

function uncounted(requests: Requests, absent: CellRecord['absent'] = {}): Requests {
  return {
    ...requests,
    ...('requests.sent' in absent ? { sent: null } : {}),
    ...('requests.inFlightAtEnd' in absent ? { inFlightAtEnd: null } : {}),
  };
}

function requestsOf(facts: {
  vus: number;
  ok: number;
  failed?: Requests['failed'] | undefined;
  statusCodes?: Requests['statusCodes'] | undefined;
}): Requests {
  const failed = facts.failed ?? {};
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  return {
    sent: facts.ok + failures + facts.vus,
    ok: facts.ok,
    failed,
    inFlightAtEnd: facts.vus,
    inFlightAtStart: facts.vus,
    statusCodes: facts.statusCodes ?? {},
  };
}

export function treeOf(facts: Partial<TreeResources> = {}): TreeResources {
  return {
    cpuPercentMean: 85,
    cpuPercentMax: 110,
    rssBytesIdle: 30 * 2 ** 20,
    rssBytesMax: 47 * 2 ** 20,
    rssBytesAfter: 45 * 2 ** 20,
    pssBytesIdle: 29 * 2 ** 20,
    pssBytesMax: 45 * 2 ** 20,
    threadsMax: 12,
    descriptorsMax: 330,
    processesMax: 1,
    processesEnded: 0,
    cpuUsPerRequest: 350,
    ...facts,
  };
}

/** A quiet host. */
export function hostOf(facts: Partial<HostResources> = {}): HostResources {
  return HostResources.parse({
    cpuPercentMean: 60,
    stealPercentMean: 0.2,
    load1Max: 3,
    otherCpuPercentMean: 0.4,
    unseenCpuPercentMean: 0,
    kernelThreadsCpuPercentMean: 0.1,
    throttling: { harness: { periods: 0, timeUs: 0 }, gateway: null },
    ...facts,
  });
}

/** A load that obeys Little's law exactly, with a constant rate. */
export function loadOf(
  facts: {
    vus?: number;
    p50Us?: number;
    windowS?: number;
    failed?: Requests['failed'];
    rates?: number[];
    result?: Partial<LoadResult>;
  } = {},
): LoadResult {
  const { vus = 150, p50Us = 60_000, windowS = 60, failed = {}, rates } = facts;
  const perSec = vus / (p50Us / 1e6);
  const ok = Math.round(perSec * windowS);
  const perSecond = rates ?? new Array<number>(Math.floor(windowS)).fill(perSec);
  return {
    requests: requestsOf({ vus, ok, failed }),
    wholeLoad: { ok, sentAtMost: ok },
    windowS,
    latencyUs: ok === 0 ? null : latencyOf(ok, p50Us),
    failedLatencyUs: null,
    meanResponseUs: ok === 0 ? null : p50Us,
    meanInFlight: null,
    meanInBackOff: null,
    bytesReceived: ok * 300,
    seconds: perSecond.map((rate, at) => secondOf(15 + at, rate)),
    eventLoopUtilisation: 0.4,
    workers: 2,
    absent: {},
    connectUs: null,
    firstByteUs: null,
    failureExamples: [],
    ...facts.result,
  };
}

export function secondOf(second: number, ok: number): SecondOfLoad {
  return { second, phase: second < 15 ? 'warmup' : 'window', ok, failed: 0, p50Us: null, p99Us: null };
}

/** A run whose plan is exactly these records. */
export function runOf(records: readonly CellRecord[], facts: Partial<Run> = {}): Run {
  const labels = new Map(records.map((record) => [`${record.cell.gateway}:${record.cell.variant}`, record]));
  const vus = [...new Set(records.map(({ cell }) => cell.vus ?? 0))].sort((a, b) => a - b);
  return Run.parse({
    schemaVersion: 2,
    id: '20260401-100000-published',
    createdAt: '2026-04-01T09:59:00.000Z',
    endedAt: '2026-04-01T11:00:00.000Z',
    harness: { version: '0.1.0', commit: 'abcdef0123', dirty: false, node: 'v22.0.0' },
    machine: {
      hostname: 'bench',
      os: 'Debian GNU/Linux 12',
      kernel: '6.1.0',
      architecture: 'x64',
      cpuModel: 'Example CPU',
      cores: 8,
      threadsPerCore: 2,
      governor: null,
      turboEnabled: null,
      clockSource: 'tsc',
      mitigations: {},
      virtualisation: 'kvm',
      memoryBytes: 32 * 2 ** 30,
      cgroupCpuMax: null,
      cgroupMemoryMax: null,
      descriptorLimit: 65536,
      localPortRange: '1024-65535',
    },
    engine: { name: 'autocannon', version: '8.0.0' },
    seed: 7,
    scenario: {
      schemaVersion: 1,
      name: 'published',
      title: 'The published benchmark',
      load: { vus: vus.length === 0 ? [1] : vus, warmupS: 15, durationS: DURATION_S },
      upstream: { latency: '60ms' },
      request: { messages: [{ role: 'user', content: 'Hello' }] },
    },
    gateways: [...labels.values()].map((record) => ({
      gateway: record.cell.gateway,
      variant: record.cell.variant,
      title: record.gateway.title,
      skip: record.outcome.kind === 'skipped' ? { reason: record.outcome.reason } : null,
      version: record.gateway.version,
    })),
    cells: records.map(({ cell }) => cell),
    ...facts,
  });
}
