import type { Claim, Claims } from '../model/claims.js';
import type { CellRecord } from '../model/record.js';
import { DEFAULT_VARIANT } from '../model/resolved-gateway.js';
import { failuresOf } from './failures.js';
import type { GatewaySummary } from './summary.js';

/** A published figure beside the measured one, for the same gateway, metric and VUs. */
export interface ClaimMatch {
  claim: Claim;
  /** Sources that publish this very value. */
  sources: string[];
  /** The gateway as measured: `ferro`, or `ferro:1.4.4` if a fallback variant ran. */
  label: string;
  title: string;
  /** The record compared with; null where its cell has none yet. */
  record: CellRecord | null;
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
 * Put claims beside measured values. A claim is about a gateway as it comes, so it is compared with the default variant,
 * and with another one only where the default can't run or was not planned; that is then named as a difference.
 * Figures with think time, other VUs or the other answer form (streams) have no counterpart and are left out.
 */
export function matchClaims(claims: Claims, summaries: readonly GatewaySummary[], stream: boolean): ClaimMatch[] {
  const groups = groupEqual(claims.claims.filter((claim) => isStreaming(claim) === stream));
  return groups.flatMap(({ claim, sources }) =>
    comparedWith(claim.gateway, summaries).flatMap((summary) => {
      const level = summary.levels.find(({ vus }) => vus === claim.vus);
      return level === undefined ? [] : [matchOf(claim, sources, summary, level.shown)];
    }),
  );
}

function isStreaming({ load }: Claim): boolean {
  return /\bstreaming\b/i.test(load) && !/\bnon-streaming\b/i.test(load);
}

function groupEqual(claims: readonly Claim[]): { claim: Claim; sources: string[] }[] {
  const groups = new Map<string, { claim: Claim; sources: string[] }>();
  for (const claim of claims) {
    const key = JSON.stringify([claim.gateway, claim.version, claim.metric, claim.unit, claim.vus, claim.value]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { claim, sources: [claim.source] });
    else {
      if (!group.sources.includes(claim.source)) group.sources.push(claim.source);
      if (group.claim.note === undefined) group.claim = claim;
    }
  }
  return [...groups.values()];
}

/** The variant that a claim about a gateway is compared with; null where none was run. */
export function claimedSummary(gateway: string, summaries: readonly GatewaySummary[]): GatewaySummary | null {
  return comparedWith(gateway, summaries)[0] ?? null;
}

/** The default; else what the plan put in its place; else any variant that can run. */
function comparedWith(gateway: string, summaries: readonly GatewaySummary[]): GatewaySummary[] {
  const runnable = summaries.filter(({ planned }) => planned.gateway === gateway && planned.skip === null);
  const asItComes = runnable.filter(({ planned }) => planned.variant === DEFAULT_VARIANT);
  const standingIn = runnable.filter(({ planned }) => planned.note !== undefined);
  return [asItComes, standingIn, runnable].find((candidates) => candidates.length > 0) ?? [];
}

function matchOf(claim: Claim, sources: string[], summary: GatewaySummary, record: CellRecord | null): ClaimMatch {
  const measured = record === null ? null : measuredValue(claim, record);
  const measuredVersion = summary.info?.version ?? summary.planned.version;
  return {
    claim,
    sources,
    label: summary.label,
    title: summary.title,
    record,
    measured,
    ratio: measured === null || claim.value === 0 ? null : measured / claim.value,
    measuredVersion,
    differences: differences(claim, summary, measuredVersion),
  };
}

function differences(claim: Claim, { planned }: GatewaySummary, measuredVersion: string | null): string[] {
  return [
    ...(measuredVersion !== null && withoutV(measuredVersion) !== withoutV(claim.version)
      ? [`published for version ${claim.version}, measured ${measuredVersion}`]
      : []),
    ...(planned.variant === DEFAULT_VARIANT
      ? []
      : [`measured is the variant "${planned.variant}"${planned.note === undefined ? '' : `: ${planned.note}`}`]),
  ];
}

function withoutV(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}

/** The record's figure for a claim's metric, in the claim's unit. Exhaustive over what the claims' schema allows. */
function measuredValue({ metric }: Claim, record: CellRecord): number | null {
  const { latencyUs } = record;
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
    case 'memory': {
      const bytes = record.resources.gateway?.rssBytesMax ?? null;
      return bytes === null ? null : bytes / BYTES_PER_PUBLISHED_MB;
    }
    case 'cpu':
      return record.resources.gateway?.cpuPercentMean ?? null;
    case 'error_rate': {
      const failed = record.requests === null ? null : failuresOf(record.requests).share;
      return failed === null ? null : failed * 100;
    }
    default:
      return metric satisfies never;
  }
}
