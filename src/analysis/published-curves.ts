import type { Claim, Claims } from '../model/claims.js';
import type { CurveLevel, ScalingCurve } from './scaling-curve.js';
import { THRESHOLDS } from './thresholds.js';

/**
 * A gateway's curve as it was published: the source's own rates, and where they are too few for a shape, those of the
 * same publisher's other sources, in the order in which the file names them.
 */
export function publishedCurve(claims: Claims, gateway: string, source: string): ScalingCurve {
  const { publisher, upstreamLatencyMs = null, cpus = null } = claims.sources[source] ?? {};
  const siblings = Object.keys(claims.sources).filter((name) => claims.sources[name]?.publisher === publisher);
  const order = [source, ...siblings.filter((name) => name !== source)];
  const own = claims.claims
    .filter((claim) => claim.gateway === gateway && order.includes(claim.source) && vusOf(claim) !== null)
    .toSorted((a, b) => order.indexOf(a.source) - order.indexOf(b.source));
  const levelsOf = (rates: readonly Claim[]) =>
    [...new Set(rates.flatMap((claim) => vusOf(claim) ?? []))].sort((a, b) => a - b);
  const rates = own.filter(({ metric }) => metric === 'rps');
  const first = levelsOf(rates.filter((claim) => claim.source === source));
  const vus = first.length < THRESHOLDS.shape.minLevels ? levelsOf(rates) : first;
  const published = (metric: Claim['metric'], at?: number) =>
    own.find((claim) => claim.metric === metric && (at === undefined || vusOf(claim) === at))?.value ?? null;
  return {
    levels: vus.map((count): CurveLevel => {
      const failedPercent = published('error_rate', count);
      const p50Ms = published('p50', count);
      return {
        vus: count,
        ratePerSec: published('rps', count) ?? 0,
        idealPerSec: upstreamLatencyMs ? count / (upstreamLatencyMs / 1000) : null,
        p50Us: p50Ms === null ? null : p50Ms * 1000,
        failedShare: failedPercent === null ? null : failedPercent / 100,
        failures: '',
        // Published for one level.
        cpuPercent: published('cpu'),
        processes: null,
        descriptors: null,
        harnessLimit: null,
      };
    }),
    crashedAtVus: null,
    untrustedVus: [],
    cpus,
  };
}

/** Of a closed loop without streams. */
function vusOf({ load }: Claim): number | null {
  return load.model === 'closed' && load.stream === undefined ? load.vus : null;
}
