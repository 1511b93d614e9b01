import { formatDecimal, formatList, formatRate, formatSignificant } from '../lib/format.js';
import { CLAIM_METRICS, type Claim, type Claims } from '../model/claims.js';
import type { GatewayFootprint } from '../model/footprint.js';
import type { Run } from '../model/run.js';
import { type ClaimConflict, findConflicts } from './claim-conflicts.js';
import { type ClaimMatch, claimedSummary, closedLoadOf, gatewayDifferences, isRecorded, matchClaim } from './claims.js';
import { footprintOf, startSummary } from './footprint.js';
import { claimTitle, formatClaimedValue, formatFigure } from './format-claim.js';
import { type MeasuredInterval, measuredInterval } from './measured-interval.js';
import { gatewayCpus, scalingCurve } from './scaling-curve.js';
import { busyCpu } from './shape.js';
import type { GatewaySummary } from './summary.js';
import { THRESHOLDS } from './thresholds.js';

/** `new`: nothing was published, and there is a figure now. */
export type VerdictKind = 'reproduced' | 'differs' | 'new' | 'contradicted' | 'not-comparable' | 'not-measured';

/** A run with what claims are compared with. */
export interface MeasuredRun {
  run: Run;
  summaries: GatewaySummary[];
  /** That may be of its gateways; none by default. */
  footprints?: readonly GatewayFootprint[];
}

export interface ClaimVerdict {
  claim: Claim;
  verdict: VerdictKind;
  /** Null where no run has a figure. */
  measured: { value: number; interval: MeasuredInterval | null; runId: string; label: string } | null;
  /** What differs in the conditions, each in a few words. */
  conditions: string[];
  /** One sentence. */
  sentence: string;
}

/**
 * A verdict on every claim, in the order of the file. Of several runs, the first in the list that has a trusted figure
 * counts, so give the newest first. A claim that its own publisher contradicts is contradicted, unless the measurement
 * takes its side.
 */
export function judgeClaims(claims: Claims, runs: readonly MeasuredRun[]): ClaimVerdict[] {
  const own = findConflicts(claims).filter((conflict) => conflict.own);
  return claims.claims.map((claim) => {
    const verdict = judgeClaim(claims, claim, runs);
    const conflict = own.find(({ claims: pair }) => pair.includes(claim));
    return conflict === undefined ? verdict : withConflict(verdict, conflict);
  });
}

function withConflict(verdict: ClaimVerdict, { because }: ClaimConflict): ClaimVerdict {
  if (verdict.verdict === 'reproduced') {
    return { ...verdict, sentence: `${verdict.sentence} Its publisher also says otherwise: ${because}.` };
  }
  const measured = verdict.measured === null ? '' : ` ${verdict.sentence}`;
  return { ...verdict, verdict: 'contradicted', sentence: `Its publisher says both: ${because}.${measured}` };
}

function judgeClaim(claims: Claims, claim: Claim, runs: readonly MeasuredRun[]): ClaimVerdict {
  const none = { claim, measured: null, conditions: [] };
  if (claim.needs !== undefined) {
    return { ...none, verdict: 'not-comparable', sentence: `It would need ${claim.needs}.` };
  }
  if (claim.metric === 'cold_start') return judgeColdStart(claims, claim, runs);
  const lacking = lackingFor(claims, claim);
  if (lacking !== null) return { ...none, verdict: 'not-measured', sentence: lacking };
  const found = runs.flatMap((measured) => {
    const match = matchClaim(claims, claim, measured.summaries, measured.run.scenario);
    return match === null || match.measured === null ? [] : [{ ...measured, match }];
  });
  const chosen = found.find(({ match }) => match.record?.outcome.kind === 'ok') ?? found[0];
  if (chosen === undefined) {
    return { ...none, verdict: 'not-measured', sentence: 'No run given has its gateway under this load.' };
  }
  return compare(claims, claim, chosen);
}

/** Why this version can't measure a claim under the load that was published; null where it can. */
export function lackingFor(claims: Claims, claim: Claim): string | null {
  if (!isRecorded(claim.metric)) return `This version measures no ${claimTitle(claim)}.`;
  if (closedLoadOf(claims, claim) !== null) return null;
  switch (claim.load.model) {
    case 'open':
      return 'It was measured at a rate of arrivals, and this version has closed loops alone.';
    case 'search':
      return 'It is the most within a bound, and this version searches for no such load.';
    case 'unknown':
      return 'Its load is not said.';
    case 'closed':
      return "Its upstream's latency is not said.";
    default:
      return claim.load satisfies never;
  }
}

interface Found extends MeasuredRun {
  match: ClaimMatch;
}

function compare(claims: Claims, claim: Claim, found: Found): ClaimVerdict {
  const { match, run } = found;
  const value = match.measured ?? 0;
  const interval = measuredInterval(claim.metric, match.level);
  const common = {
    claim,
    measured: { value, interval, runId: run.id, label: match.label },
    conditions: conditionsOf(claims, claim, found),
  };
  const outcome = match.record?.outcome;
  if (outcome?.kind === 'invalid') {
    const why = outcome.reasons.join('; ');
    return { ...common, verdict: 'not-comparable', sentence: `Measured, and not to be trusted: ${why}.` };
  }
  const figures = formatFigures(claim, value, interval);
  const excuse = agrees(claim, value) ? null : excuseOf(claims, claim, value, found);
  if (excuse !== null) {
    return { ...common, verdict: 'not-comparable', sentence: `${figures}; but ${excuse}.` };
  }
  return { ...common, ...verdictOn(claim, value, figures) };
}

/** By what was measured of its gateway without load, for the newest run that has it. */
function judgeColdStart(claims: Claims, claim: Claim, runs: readonly MeasuredRun[]): ClaimVerdict {
  for (const { run, summaries, footprints = [] } of runs) {
    const summary = claimedSummary(claim.gateway, summaries);
    const footprint = summary === null ? null : footprintOf(run, summary, footprints, summary.label);
    if (summary === null || footprint === null) continue;
    const { medianS, isDisturbed } = startSummary(footprint);
    const caches = footprint.pageCaches.kind === 'dropped' ? 'page caches dropped' : 'page caches warm';
    return {
      claim,
      measured: { value: medianS, interval: null, runId: run.id, label: summary.label },
      conditions: [
        ...cpuDifference(claims, claim, run),
        ...gatewayDifferences(claim, summary, footprint.version),
        `measured as a process, ${caches}`,
      ],
      ...(isDisturbed ? DISTURBED : verdictOn(claim, medianS, formatFigures(claim, medianS, null))),
    };
  }
  const sentence = 'No run given has a cold start of its gateway; `gatebench footprint` measures it.';
  return { claim, measured: null, conditions: [], verdict: 'not-measured', sentence };
}

const DISTURBED = {
  verdict: 'not-comparable',
  sentence: 'Measured, and not to be trusted: other programs were busy meanwhile.',
} as const;

function formatFigures(claim: Claim, value: number, interval: MeasuredInterval | null): string {
  return `Measured ${formatMeasured(claim, value, interval)}, published ${formatClaimedValue(claim)}`;
}

function verdictOn(claim: Claim, value: number, figures: string): Pick<ClaimVerdict, 'verdict' | 'sentence'> {
  if (agrees(claim, value)) return { verdict: 'reproduced', sentence: `${figures}.` };
  const ratio =
    claim.value === 0 || claim.bound !== undefined || claim.metric === 'error_rate'
      ? ''
      : `, ${formatSignificant(value / claim.value, 2)} times`;
  return { verdict: 'differs', sentence: `${figures}${ratio}.` };
}

function formatMeasured({ metric }: Claim, value: number, interval: MeasuredInterval | null): string {
  const range = interval === null ? '' : ` [${formatFigure(interval.low)}–${formatFigure(interval.high)}]`;
  return `${formatFigure(value)}${range} ${CLAIM_METRICS[metric]}`;
}

/** Within the bound that was published; else within the tolerance of the metric, or what was published as an interval. */
export function agrees({ metric, value: published, bound, interval }: Claim, value: number): boolean {
  if (bound === 'at-most') return value <= published;
  if (bound === 'at-least') return value >= published;
  if (interval !== undefined && interval[0] <= value && value <= interval[1]) return true;
  if (metric === 'error_rate') return Math.abs(value - published) <= THRESHOLDS.claims.errorPoints;
  if (published <= 0 || value <= 0) return published === value;
  const ratio = value / published;
  const tolerance = toleranceOf(metric);
  return ratio <= tolerance && ratio >= 1 / tolerance;
}

function toleranceOf(metric: Claim['metric']): number {
  const { rateRatio, latencyRatio, tailRatio, overheadRatio, cpuRatio, memoryRatio, coldStartRatio } =
    THRESHOLDS.claims;
  if (metric === 'rps') return rateRatio;
  if (metric === 'memory') return memoryRatio;
  if (metric === 'cold_start') return coldStartRatio;
  if (metric.startsWith('cpu')) return cpuRatio;
  if (metric.startsWith('overhead_')) return overheadRatio;
  return ['p95', 'p99', 'max'].includes(metric) ? tailRatio : latencyRatio;
}

/** Why this machine could not have reproduced a figure; null where nothing says so. */
function excuseOf(claims: Claims, claim: Claim, value: number, { match, run, summaries }: Found): string | null {
  const direct = summaries.find(({ info }) => info?.kind === 'direct');
  const directRate = direct?.levels.find(({ vus }) => vus === match.vus)?.shown?.ratePerSec ?? null;
  if (claim.metric === 'rps' && directRate !== null && directRate < claim.value / THRESHOLDS.claims.rateRatio) {
    return `this machine does ${formatRate(directRate)} req/s without a gateway`;
  }
  const worse = claim.metric === 'rps' ? value < claim.value : value > claim.value;
  const cpus = gatewayCpus(run);
  const published = claim.cpus ?? claims.sources[claim.source]?.cpus ?? null;
  if (!worse || published === null || cpus === null || published <= cpus || claim.metric === 'memory') return null;
  const summary = summaries.find(({ label }) => label === match.label);
  const curve = summary === undefined ? null : scalingCurve(run, summary, summaries);
  const level = curve?.levels.find(({ vus }) => vus === match.vus);
  if (level === undefined) return null;
  if (level.harnessLimit !== null) return level.harnessLimit;
  const busy = busyCpu(level, cpus);
  return busy?.kind === 'all-cpus'
    ? `all its ${formatDecimal(cpus, 0)} CPUs were busy, and it was published with ${formatDecimal(published, 0)}`
    : null;
}

function conditionsOf(claims: Claims, claim: Claim, { match, run }: Found): string[] {
  const source = claims.sources[claim.source];
  return [
    ...cpuDifference(claims, claim, run),
    ...match.differences,
    ...(claim.readAs === undefined
      ? []
      : [
          `no load was published: read as ${claim.readAs.vus} VU against an upstream of ${claim.readAs.upstreamLatencyMs} ms`,
        ]),
    ...(source?.payload ? [`payload there: ${source.payload}`] : []),
    ...(source?.hardware === null ? ['hardware not published'] : []),
  ];
}

function cpuDifference(claims: Claims, claim: Claim, run: Run): string[] {
  const published = claim.cpus ?? claims.sources[claim.source]?.cpus ?? null;
  const cpus = gatewayCpus(run);
  if (published === null || cpus === null || published === cpus) return [];
  return [`${formatDecimal(cpus, 0)} CPUs here, ${formatDecimal(published, 0)} there`];
}

/** `2 reproduced, 1 differs`. */
export function countVerdicts(verdicts: readonly { verdict: VerdictKind }[]): string {
  const kinds: VerdictKind[] = ['reproduced', 'differs', 'new', 'contradicted', 'not-comparable', 'not-measured'];
  return formatList(
    kinds.flatMap((kind) => {
      const count = verdicts.filter(({ verdict }) => verdict === kind).length;
      return count === 0 ? [] : [`${count} ${VERDICT_WORDS[kind]}`];
    }),
  );
}

export const VERDICT_WORDS: Record<VerdictKind, string> = {
  reproduced: 'reproduced',
  differs: 'differs',
  new: 'new here',
  contradicted: 'contradicted by its own source',
  'not-comparable': 'not comparable',
  'not-measured': 'not measured',
};
