import { formatDecimal, formatRate, formatShare, formatVus } from '../lib/format.js';
import { parseCpuList } from '../model/cpus.js';
import { cellLevel } from '../model/load-level.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import type { DerivedCell } from './derive-run.js';
import { failuresOf } from './failures.js';
import type { GatewaySummary, LevelSummary } from './summary.js';
import { THRESHOLDS } from './thresholds.js';
import { upstreamAnswerS } from './upstream-answer.js';

/** One VU level of a curve, by its trusted repeat with the median rate. Null could not be read. */
export interface CurveLevel {
  vus: number;
  ratePerSec: number;
  /** What the VUs would do with the upstream alone: N over its response time, measured without a gateway if it was. */
  idealPerSec: number | null;
  p50Us: number | null;
  /** Failures of all completions, 0 to 1. */
  failedShare: number | null;
  /** `timeout 90`. */
  failures: string;
  /** Of the gateway's processes together; 100 % is one core. */
  cpuPercent: number | null;
  processes: number | null;
  descriptors: number | null;
  /** Why this level may show the harness and not the gateway; null where nothing says so. */
  harnessLimit: string | null;
}

/** How a gateway's rate goes with the number of VUs. */
export interface ScalingCurve {
  /** Ascending; trusted levels only. */
  levels: CurveLevel[];
  /** The fewest VUs at which the gateway's process ended; null without a crash. */
  crashedAtVus: number | null;
  /** Levels that were measured and can't be trusted, ascending. */
  untrustedVus: number[];
  /** CPUs that the gateway may use; null is unknown. */
  cpus: number | null;
}

/** A gateway's curve from a run's records. @param summaries of the whole run, for its direct cells */
export function scalingCurve(run: Run, summary: GatewaySummary, summaries: readonly GatewaySummary[]): ScalingCurve {
  const direct = summaries.find(({ info }) => info?.kind === 'direct') ?? null;
  const levels = summary.levels.flatMap((level) => {
    const record = trustedRecord(level);
    return record === null ? [] : [curveLevel(run, record, directAt(direct, level.vus))];
  });
  const crashed = summary.levels.filter(({ records }) => records.some(({ outcome }) => outcome.kind === 'crashed'));
  const trusted = new Set([...levels, ...crashed].map(({ vus }) => vus));
  return {
    levels,
    crashedAtVus: crashed[0]?.vus ?? null,
    untrustedVus: summary.levels
      .filter(({ vus, shown }) => shown?.outcome.kind === 'invalid' && !trusted.has(vus))
      .map(({ vus }) => vus),
    cpus: gatewayCpus(run),
  };
}

/** A window in which every request failed is invalid, because it has no latency; its rate of 0 is a result all the same. */
function trustedRecord({ shown }: LevelSummary): DerivedCell | null {
  if (shown === null || shown.ratePerSec === null) return null;
  if (shown.outcome.kind === 'ok') return shown;
  const failedAll = shown.requests !== null && shown.requests.ok === 0 && failuresOf(shown.requests).count > 0;
  return shown.outcome.kind === 'invalid' && failedAll && harnessGates(shown, 'invalid').length === 0 ? shown : null;
}

function directAt(direct: GatewaySummary | null, vus: number): DerivedCell | null {
  const shown = direct?.levels.find((level) => level.vus === vus)?.shown ?? null;
  return shown?.outcome.kind === 'ok' ? shown : null;
}

function curveLevel(run: Run, record: DerivedCell, direct: DerivedCell | null): CurveLevel {
  const vus = cellLevel(record.cell);
  const failures = record.requests === null ? null : failuresOf(record.requests);
  const latencyS = upstreamAnswerS(run.scenario);
  const upstreamPerSec = latencyS === null || latencyS === 0 ? null : vus / latencyS;
  const directPerSec = direct === null || direct.meanResponseUs === null ? null : vus / (direct.meanResponseUs / 1e6);
  const { gateway } = record.resources;
  return {
    vus,
    ratePerSec: record.ratePerSec ?? 0,
    idealPerSec: directPerSec ?? upstreamPerSec,
    p50Us: record.latencyUs?.p50 ?? null,
    failedShare: failures?.share ?? null,
    failures: failures?.breakdown ?? '',
    cpuPercent: gateway?.cpuPercentMean ?? null,
    processes: gateway?.processesMax ?? null,
    descriptors: gateway?.descriptorsMax ?? null,
    harnessLimit: harnessLimit(run, record, directPerSec, upstreamPerSec),
  };
}

/** Gates that say that what was measured isn't the gateway. */
const HARNESS_GATES = [
  'load engine',
  'mock upstream',
  'local failures',
  'other programs',
  'steal time',
  'CPU throttling',
];

function harnessGates({ gates }: CellRecord, verdict: 'warn' | 'invalid'): string[] {
  return gates
    .filter((result) => HARNESS_GATES.includes(result.gate) && result.verdict === verdict)
    .map(({ gate, message }) => `${gate}: ${message}`);
}

/** CPUs that the gateway has: those it is pinned to, else all of the machine's, within a quota. */
export function gatewayCpus({ placement, machine }: Run): number | null {
  const pinned = placement.kind === 'pinned' ? parseCpuList(placement.gateway) : null;
  const quota = quotaCpus(machine.cgroupCpuMax);
  const cpus = pinned?.length ?? machine.cores;
  return quota === null ? cpus : Math.min(cpus, quota);
}

/** `200000 100000`, as in cpu.max, is two CPUs; null without a quota. */
function quotaCpus(cpuMax: string | null): number | null {
  const [quota, period] = (cpuMax ?? '').split(' ').map(Number);
  return quota && period ? quota / period : null;
}

function harnessLimit(
  run: Run,
  record: DerivedCell,
  directPerSec: number | null,
  upstreamPerSec: number | null,
): string | null {
  const late = harnessGates(record, 'warn').find((message) => message.startsWith('mock upstream'));
  if (late !== undefined) return late;
  const { linearEfficiency, hostBusyPercent } = THRESHOLDS.shape;
  if (directPerSec !== null && upstreamPerSec !== null && directPerSec < linearEfficiency * upstreamPerSec) {
    return `load and mock alone do ${formatRate(directPerSec)} req/s at ${formatVus(cellLevel(record.cell))}, ${formatShare(directPerSec / upstreamPerSec)} of what the upstream's latency allows`;
  }
  const hostPercent = record.resources.host?.cpuPercentMean ?? null;
  if (hostPercent === null || hostPercent < hostBusyPercent || run.placement.kind === 'pinned') return null;
  return `all ${run.machine.cores} CPUs were busy (${formatDecimal(hostPercent, 0)} %), and the gateway shares them with load and mock`;
}
