import { constantLatencyS } from '../../common/latency.js';
import type { Claim, Claims } from '../model/claims.js';
import { cellLevel } from '../model/load-level.js';
import { DEFAULT_VARIANT } from '../model/resolved-gateway.js';
import type { Scenario } from '../model/scenario.js';
import type { DerivedCell } from './derive-run.js';
import { isUndisturbed } from './expectations.js';
import { failuresOf } from './failures.js';
import { isPlainRequest } from './plain-request.js';
import type { GatewaySummary, LevelSummary } from './summary.js';

/** A published figure beside the measured one, for the same gateway, metric, VUs and upstream latency. */
export interface ClaimMatch {
  claim: Claim;
  /** Sources that publish this very value. */
  sources: string[];
  /** The gateway as measured: `ferro`, or `ferro:1.4.4` if a fallback variant ran. */
  label: string;
  title: string;
  vus: number;
  level: LevelSummary;
  /** The record compared with; null where its cell has none yet. */
  record: DerivedCell | null;
  /** In the claim's unit; null where the cell was not measured. */
  measured: number | null;
  /** Measured over published; null where either is missing or nothing was published but 0. */
  ratio: number | null;
  measuredVersion: string | null;
  /** What differs between the two besides the machine, in words. */
  differences: string[];
}

/** Published megabytes are VmRSS kilobytes over 1024 (`cmd/bench/main.go` of the published harness). */
const BYTES_PER_PUBLISHED_MB = 1024 ** 2;

/**
 * Put claims beside a run's values. A claim is about a gateway as it comes, so it is compared with the default variant,
 * and with another one only where the default can't run or was not planned; that is then named as a difference.
 * Figures of another form of load, other VUs, another upstream latency or the other answer form (streams) have no
 * counterpart and are left out.
 */
export function matchClaims(
  claims: Claims,
  summaries: readonly GatewaySummary[],
  scenario: Pick<Scenario, 'request' | 'upstream' | 'tls'>,
): ClaimMatch[] {
  return groupEqual(claims).flatMap(({ claim, sources }) => {
    const match = matchClaim(claims, claim, summaries, scenario);
    return match === null ? [] : [{ ...match, sources }];
  });
}

/** Where the load of a claim is what a run of gatebench can make. */
export interface ClosedLoad {
  vus: number;
  stream: boolean;
  upstreamLatencyMs: number;
}

/** Published streams come without a pause. */
function isPaced({ stream }: Scenario['request'], { streamChunkDelayMs }: Scenario['upstream']): boolean {
  return stream && streamChunkDelayMs > 0;
}

/** The closed loop that measures a claim; null for every other load, and where the upstream's latency is not known. */
export function closedLoadOf(claims: Claims, { load, readAs, source }: Claim): ClosedLoad | null {
  if (readAs !== undefined) return { ...readAs, stream: false };
  const upstreamLatencyMs = claims.sources[source]?.upstreamLatencyMs ?? null;
  if (load.model !== 'closed' || upstreamLatencyMs === null) return null;
  return { vus: load.vus, stream: load.stream ?? false, upstreamLatencyMs };
}

/** One claim in one run; null where the run has no cell for it. */
export function matchClaim(
  claims: Claims,
  claim: Claim,
  summaries: readonly GatewaySummary[],
  { request, upstream, tls }: Pick<Scenario, 'request' | 'upstream' | 'tls'>,
): ClaimMatch | null {
  const load = closedLoadOf(claims, claim);
  const latencyS = constantLatencyS(upstream.latency);
  if (!isPlainRequest({ request, upstream, tls }) || !isUndisturbed({ request, upstream })) return null;
  if (load === null || latencyS === null || load.stream !== request.stream || isPaced(request, upstream)) return null;
  if (Math.abs(latencyS * 1000 - load.upstreamLatencyMs) > 1e-6) return null;
  const summary = claimedSummary(claim.gateway, summaries);
  const level = summary?.levels.find(({ vus, model }) => model === 'closed' && vus === load.vus);
  return summary === null || level === undefined ? null : matchOf(claim, summary, level, summaries);
}

function groupEqual({ claims }: Claims): { claim: Claim; sources: string[] }[] {
  const groups = new Map<string, { claim: Claim; sources: string[] }>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.gateway, claim.version, claim.metric, claim.load, claim.readAs, claim.value]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { claim, sources: [claim.source] });
    else {
      if (!group.sources.includes(claim.source)) group.sources.push(claim.source);
      if (group.claim.note === undefined) group.claim = claim;
    }
  }
  return [...groups.values()];
}

/** The variant that a claim is compared with: the default; else what the plan put in its place; else any that can run. */
export function claimedSummary(gateway: string, summaries: readonly GatewaySummary[]): GatewaySummary | null {
  const runnable = summaries.filter(({ planned }) => planned.gateway === gateway && planned.skip === null);
  const asItComes = runnable.find(({ planned }) => planned.variant === DEFAULT_VARIANT);
  const standingIn = runnable.find(({ planned }) => planned.note !== undefined);
  return asItComes ?? standingIn ?? runnable[0] ?? null;
}

function matchOf(
  claim: Claim,
  summary: GatewaySummary,
  level: LevelSummary,
  summaries: readonly GatewaySummary[],
): ClaimMatch {
  const record = level.shown;
  const measured = record === null ? null : measuredValue(claim, record, directOf(record, summaries));
  const measuredVersion = summary.info?.version ?? summary.planned.version;
  return {
    claim,
    sources: [claim.source],
    label: summary.label,
    title: summary.title,
    vus: level.vus,
    level,
    record,
    measured,
    ratio: measured === null || claim.value === 0 ? null : measured / claim.value,
    measuredVersion,
    differences: gatewayDifferences(claim, summary, measuredVersion),
  };
}

/** The direct cell of the same VUs and repeat. */
function directOf({ cell }: DerivedCell, summaries: readonly GatewaySummary[]): DerivedCell | null {
  const direct = summaries.find(({ info }) => info?.kind === 'direct');
  const records = direct?.levels.find(({ vus }) => vus === cellLevel(cell))?.records ?? [];
  return records.find((record) => record.cell.repeat === cell.repeat) ?? null;
}

/** In what the gateway itself differs, a few words each. */
export function gatewayDifferences(
  claim: Claim,
  { planned }: GatewaySummary,
  measuredVersion: string | null,
): string[] {
  const versionDiffers =
    measuredVersion !== null && claim.version !== 'unknown' && withoutV(measuredVersion) !== withoutV(claim.version);
  return [
    ...(versionDiffers ? [`published for version ${claim.version}, measured ${measuredVersion}`] : []),
    ...(planned.variant === DEFAULT_VARIANT
      ? []
      : [`measured is the variant "${planned.variant}"${planned.note === undefined ? '' : `: ${planned.note}`}`]),
  ];
}

function withoutV(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}

/** The record's figure for a claim's metric, in the claim's unit; null for what records don't have. */
function measuredValue({ metric }: Claim, record: DerivedCell, direct: DerivedCell | null): number | null {
  const { latencyUs, overheadUs, resources } = record;
  switch (metric) {
    case 'rps':
      return record.ratePerSec;
    case 'p50':
    case 'p90':
    case 'p95':
    case 'p99':
    case 'mean':
    case 'max':
      return latencyUs === null ? null : latencyUs[metric] / 1000;
    case 'overhead_p50':
    case 'overhead_p99':
      return overheadUs === null ? null : overheadUs[metric === 'overhead_p50' ? 'p50' : 'p99'] / 1000;
    case 'overhead_p95':
    case 'overhead_mean': {
      const quantity = metric === 'overhead_p95' ? 'p95' : 'mean';
      const directUs = overheadUs === null ? null : (direct?.latencyUs?.[quantity] ?? null);
      return latencyUs === null || directUs === null ? null : (latencyUs[quantity] - directUs) / 1000;
    }
    case 'memory': {
      const bytes = resources.gateway?.rssBytesMax ?? null;
      return bytes === null ? null : bytes / BYTES_PER_PUBLISHED_MB;
    }
    case 'cpu':
      return resources.gateway?.cpuPercentMean ?? null;
    case 'cpu_per_request':
      return resources.gateway?.cpuUsPerRequest ?? null;
    case 'error_rate': {
      const failed = record.requests === null ? null : failuresOf(record.requests).share;
      return failed === null ? null : failed * 100;
    }
    case 'ttft_overhead_p50':
    case 'ttft_overhead_p99':
    case 'streams':
    case 'cold_start':
    case 'image_size':
    case 'package_size':
    case 'rps_ratio':
    case 'latency_ratio':
      return null;
    default:
      return metric satisfies never;
  }
}

/** Metrics that no record of this version has. */
export function isRecorded(metric: Claim['metric']): boolean {
  const absent: Claim['metric'][] = [
    'ttft_overhead_p50',
    'ttft_overhead_p99',
    'streams',
    'cold_start',
    'image_size',
    'package_size',
    'rps_ratio',
    'latency_ratio',
  ];
  return !absent.includes(metric);
}
