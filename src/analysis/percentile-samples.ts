import { THRESHOLDS } from './thresholds.js';

/**
 * Samples that a percentile needs, `n = z^2 p(1-p) / m^2` with the margin `m = (1-p)/20` (MLPerf inference rules):
 * 50,425 for p95 and 262,742 for p99.
 * @param q in (0, 1)
 */
export function samplesNeeded(q: number): number {
  const { z, tailShare } = THRESHOLDS.percentileSamples;
  const margin = (1 - q) * tailShare;
  return Math.round((z ** 2 * q * (1 - q)) / margin ** 2);
}
