import { formatCount, formatDecimal, formatSignificant, formatVus } from '../lib/format.js';
import { CLAIM_METRICS, type Claim, type ClaimLoad, type ClaimMetric } from '../model/claims.js';

const TITLES: Record<ClaimMetric, string> = {
  rps: 'rate',
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  mean: 'mean latency',
  max: 'max latency',
  overhead_p50: 'added p50',
  overhead_p95: 'added p95',
  overhead_p99: 'added p99',
  overhead_mean: 'added mean',
  memory: 'memory',
  cpu: 'CPU',
  cpu_per_request: 'CPU per request',
  error_rate: 'failures',
  ttft_overhead_p50: 'added p50 to first token',
  ttft_overhead_p99: 'added p99 to first token',
  streams: 'streams sustained',
  cold_start: 'cold start',
  image_size: 'image',
  package_size: 'package',
  rps_ratio: 'rate ratio',
  latency_ratio: 'latency ratio',
};

/** `added p99`, `rate ratio to portkey`. */
export function claimTitle({ metric, against }: Claim): string {
  return against === undefined ? TITLES[metric] : `${TITLES[metric]} to ${against}`;
}

/** `13,925 req/s`, `at most 1 ms`, `0.62 [0.59–0.78] ms`. */
export function formatClaimedValue({ metric, value, bound, interval }: Claim): string {
  const range = interval === undefined ? '' : ` [${formatFigure(interval[0])}–${formatFigure(interval[1])}]`;
  const words = bound === undefined ? '' : bound === 'at-most' ? 'at most ' : 'at least ';
  return `${words}${formatFigure(value)}${range} ${CLAIM_METRICS[metric]}`;
}

/** As precise as figures are published: whole from 1,000 on, three digits below. */
export function formatFigure(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : formatSignificant(value, Math.abs(value) >= 100 ? 4 : 3);
}

const WITHOUT_LOAD: ClaimMetric[] = ['cold_start', 'image_size', 'package_size'];

/** `added p99 at 1 VU`, `cold start`. */
export function claimHeading(claim: Claim): string {
  return WITHOUT_LOAD.includes(claim.metric)
    ? claimTitle(claim)
    : `${claimTitle(claim)} ${formatClaimLoad(claim.load)}`;
}

/** `at 50 VUs`, `at 5,000 req/s`. */
export function formatClaimLoad(load: ClaimLoad): string {
  switch (load.model) {
    case 'closed':
      return `at ${formatVus(formatDecimal(load.vus, 0))}${load.stream ? ', streaming' : ''}`;
    case 'open':
      return `at ${formatCount(load.ratePerSec)} req/s offered`;
    case 'search':
      return `at its most, ${load.bound}`;
    case 'unknown':
      return 'at a load not said';
    default:
      return load satisfies never;
  }
}
