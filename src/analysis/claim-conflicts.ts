import { formatSignificant } from '../lib/format.js';
import { CLAIM_METRICS, type Claim, type ClaimSource, type Claims } from '../model/claims.js';
import { formatClaimedValue, formatClaimLoad, formatFigure } from './format-claim.js';
import { THRESHOLDS } from './thresholds.js';

/** Two published figures that can't both be right about one gateway. */
export interface ClaimConflict {
  claims: [Claim, Claim];
  /** Of one publisher, who then contradicts itself. */
  own: boolean;
  /** With both figures and their sources, without a full stop. */
  because: string;
}

/** @returns a reason why the second claim speaks against the first, or null */
type Rule = (subject: Claim, other: Claim, claims: Claims) => string | null;

/**
 * Claims about a gateway that contradict each other, by the first rule that says so. Two machines explain a factor, so the
 * bounds are wide (`THRESHOLDS.claims`); what is named beside a conflict is for the reader to weigh. By one rule, a claim is
 * named once for each other publisher.
 */
export function findConflicts(claims: Claims): ClaimConflict[] {
  const conflicts = new Map<string, ClaimConflict>();
  for (const [at, a] of claims.claims.entries()) {
    for (const b of claims.claims.slice(at + 1)) {
      if (a.gateway !== b.gateway) continue;
      const found = firstReason(a, b, claims);
      if (found === null) continue;
      const [subject, other] = found.swapped ? [b, a] : [a, b];
      const publisher = publisherOf(other, claims);
      const key = `${found.rule} ${claims.claims.indexOf(subject)} ${publisher}`;
      if (conflicts.has(key)) continue;
      conflicts.set(key, {
        claims: [subject, other],
        own: publisherOf(subject, claims) === publisher,
        because: found.because,
      });
    }
  }
  return [...conflicts.values()];
}

const RULES: Rule[] = [sameFigure, deadAndAlive, lighterIsSlower, outsideOfBound];

function firstReason(a: Claim, b: Claim, claims: Claims): { rule: number; because: string; swapped: boolean } | null {
  for (const [rule, reasonOf] of RULES.entries()) {
    const because = reasonOf(a, b, claims);
    if (because !== null) return { rule, because, swapped: false };
    const swapped = reasonOf(b, a, claims);
    if (swapped !== null) return { rule, because: swapped, swapped: true };
  }
  return null;
}

const sourceOf = ({ source }: Claim, claims: Claims): ClaimSource | undefined => claims.sources[source];
const publisherOf = (claim: Claim, claims: Claims) => sourceOf(claim, claims)?.publisher;
const cpusOf = (claim: Claim, claims: Claims) => claim.cpus ?? sourceOf(claim, claims)?.cpus ?? null;

function told(claim: Claim, claims: Claims): string {
  const source = sourceOf(claim, claims);
  const date = source?.date === null || source?.date === undefined ? '' : ` (${source.date})`;
  return `${formatClaimedValue(claim)} ${formatClaimLoad(claim.load)} in ${claim.source}${date}`;
}

/** The same figure of the same version under the same load and upstream, on as many CPUs. */
function sameFigure(a: Claim, b: Claim, claims: Claims): string | null {
  const same =
    a.metric === b.metric &&
    a.version === b.version &&
    a.load.model !== 'unknown' &&
    JSON.stringify(a.load) === JSON.stringify(b.load) &&
    cpusOf(a, claims) === cpusOf(b, claims) &&
    sourceOf(a, claims)?.upstreamLatencyMs === sourceOf(b, claims)?.upstreamLatencyMs;
  if (!same || a.metric === 'error_rate') return null;
  const [less, more] = [Math.min(a.value, b.value), Math.max(a.value, b.value)];
  if (more === 0 || more <= THRESHOLDS.claims.sameRatio * less) return null;
  const times = less === 0 ? '' : `, ${formatSignificant(more / less, 2)} times as much`;
  return `${told(a, claims)}, and ${told(b, claims)}${times}`;
}

/** What answers nothing at some VUs can't answer at more. */
function deadAndAlive(dead: Claim, alive: Claim, claims: Claims): string | null {
  const isDead = (dead.metric === 'rps' && dead.value === 0) || (dead.metric === 'error_rate' && dead.value >= 99);
  if (!isDead || alive.metric !== 'rps' || alive.value === 0 || dead.version !== alive.version) return null;
  if (dead.load.model !== 'closed' || alive.load.model !== 'closed') return null;
  const comparable =
    (dead.load.stream ?? false) === (alive.load.stream ?? false) &&
    alive.load.vus >= dead.load.vus &&
    sourceOf(dead, claims)?.upstreamLatencyMs === sourceOf(alive, claims)?.upstreamLatencyMs;
  return comparable ? `${told(dead, claims)}, and ${told(alive, claims)}` : null;
}

/**
 * A gateway that adds little under a heavy load can't add many times as much under a light one. A closed loop of many VUs
 * isn't light: it fills whatever is slow.
 */
function lighterIsSlower(light: Claim, heavy: Claim, claims: Claims): string | null {
  if (light.load.model === 'closed' && light.load.vus > 1) return null;
  const [lightMs, heavyMs] = [addedMs(light, claims), addedMs(heavy, claims)];
  if (lightMs === null || heavyMs === null || quantileOf(light) !== quantileOf(heavy)) return null;
  const [lightPerSec, heavyPerSec] = [offeredPerSec(light, claims), offeredPerSec(heavy, claims)];
  if (lightPerSec === null || heavyPerSec === null || lightPerSec > heavyPerSec) return null;
  // Twice the same load on two machines says something of the machines.
  if (lightPerSec === heavyPerSec && cpusOf(light, claims) !== cpusOf(heavy, claims)) return null;
  const { addedRatio, addedMinMs } = THRESHOLDS.claims;
  if (lightMs <= addedRatio * Math.max(heavyMs, 0) || lightMs - heavyMs < addedMinMs) return null;
  const times = formatSignificant(lightMs / heavyMs, 2);
  return `${told(light, claims)}${aboveUpstream(light, claims)}, and ${told(heavy, claims)}${aboveUpstream(heavy, claims)}: ${times} times as much at no more load`;
}

/** A bound that is said to hold in general, and a figure of a single connection outside of it. */
function outsideOfBound(general: Claim, seen: Claim, claims: Claims): string | null {
  if (general.bound === undefined || general.load.model !== 'unknown') return null;
  const figure = addedMs(seen, claims);
  const single = seen.load.model === 'closed' && seen.load.vus === 1 && seen.bound === undefined;
  if (figure === null || addedMs(general, claims) === null || !single) return null;
  const { sameRatio } = THRESHOLDS.claims;
  const outside = general.bound === 'at-most' ? figure > sameRatio * general.value : figure < general.value / sameRatio;
  return outside ? `${told(general, claims)}, and ${told(seen, claims)}` : null;
}

/** The quantile or mean of a latency; null for other metrics. */
function quantileOf({ metric }: Claim): string | null {
  return CLAIM_METRICS[metric] === 'ms' ? metric.replace('overhead_', '') : null;
}

/** Latency that the gateway adds, at most: a latency less the upstream's, which the harness is still part of. */
function addedMs(claim: Claim, claims: Claims): number | null {
  if (claim.metric.startsWith('overhead_')) return claim.value;
  const upstreamMs = sourceOf(claim, claims)?.upstreamLatencyMs ?? null;
  const isLatency = ['p50', 'p90', 'p95', 'p99', 'mean'].includes(claim.metric);
  return isLatency && upstreamMs !== null ? claim.value - upstreamMs : null;
}

/** `, 110 ms of it above the upstream's 1,500`: of a latency that includes the upstream's. */
function aboveUpstream(claim: Claim, claims: Claims): string {
  const upstreamMs = sourceOf(claim, claims)?.upstreamLatencyMs ?? 0;
  if (claim.metric.startsWith('overhead_') || upstreamMs === 0) return '';
  return `, ${formatFigure(claim.value - upstreamMs)} ms of it above the upstream's ${formatFigure(upstreamMs)} ms`;
}

/** How much load it was: the rate offered, or what a closed loop does with the latency that it found. */
function offeredPerSec(claim: Claim, claims: Claims): number | null {
  if (claim.load.model === 'open') return claim.load.ratePerSec;
  if (claim.load.model !== 'closed') return null;
  const added = addedMs(claim, claims);
  const upstreamMs = sourceOf(claim, claims)?.upstreamLatencyMs ?? null;
  return added === null || upstreamMs === null ? null : claim.load.vus / ((added + upstreamMs) / 1000);
}
