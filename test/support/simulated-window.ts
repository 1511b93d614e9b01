import { cumulativeCounts, newHistogram, recordUs } from '../../common/histogram.js';
import { percentileOf } from '../../common/nearest-rank.js';
import type { SecondPercentile } from '../../src/analysis/statistics/percentile-bounds.js';
import { normal } from './noise.js';
import { firstOrder } from './simulation.js';

/**
 * A window of lognormal latencies around 60 ms, 10 % of spread each; all of one second are slower or faster by a factor that
 * hangs together from second to second.
 */
export function simulatedWindow(
  random: () => number,
  { seconds, perSecond, rho, spread }: { seconds: number; perSecond: number; rho: number; spread: number },
) {
  const z = normal(random);
  const machine = firstOrder(rho, z);
  const histogram = newHistogram();
  const parts: Record<'p50' | 'p99', SecondPercentile[]> = { p50: [], p99: [] };
  for (let second = 0; second < seconds; second++) {
    const shift = spread * machine();
    const latencies = Uint32Array.from({ length: perSecond }, () => 60_000 * Math.exp(shift + 0.1 * z())).sort();
    for (const each of latencies) recordUs(histogram, each);
    parts.p50.push({ count: perSecond, valueUs: percentileOf(latencies, 0.5) ?? 0 });
    parts.p99.push({ count: perSecond, valueUs: percentileOf(latencies, 0.99) ?? 0 });
  }
  return { whole: cumulativeCounts(histogram), histogram, parts };
}
