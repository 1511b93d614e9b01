import type { MetricName } from '../model/metric.js';
import type { DerivedCell } from './derive-run.js';
import { THRESHOLDS } from './thresholds.js';

/** The least difference that is called one, as a share, and what it comes from. */
export interface LeastDifference {
  share: number;
  /**
   * `noise`: what two measurements of one gateway differ by on this machine. `counting`: a rate counts whole requests, and RSS
   * pages in batches. `rounding`: histograms and clocks round.
   */
  of: 'noise' | 'counting' | 'rounding';
}

/**
 * The least difference of a metric that may be called one between these cells.
 * @param noiseShare of an A/A run; null where none was made
 */
export function leastDifference(
  metric: MetricName,
  cells: readonly DerivedCell[],
  noiseShare: number | null,
): LeastDifference {
  const known: LeastDifference[] = [
    { share: noiseShare ?? 0, of: 'noise' },
    { share: countingShare(metric, cells), of: 'counting' },
  ];
  return known.reduce((most, each) => (each.share > most.share ? each : most), {
    share: THRESHOLDS.comparison.leastShare,
    of: 'rounding',
  });
}

function countingShare(metric: MetricName, cells: readonly DerivedCell[]): number {
  const shareOf = metric === 'rate' ? requestsShare : metric === 'rss' ? pagesShare : () => 0;
  return Math.max(0, ...cells.map(shareOf));
}

/**
 * What counting whole requests can tell: of a window that holds n requests a VU, 1/n. Where in a request a window begins and
 * ends makes a VU's count one more or less; VUs that move in step, as they do against a fixed latency, all differ at once, and
 * by the same in every repeat. So neither more VUs nor more repeats average it out: only a longer window does.
 */
function requestsShare({ cell, requests }: DerivedCell): number {
  return requests !== null && requests.ok > 0 ? (cell.vus ?? 1) / requests.ok : 0;
}

/**
 * What the kernel's count of resident pages can tell: it adds them up in batches on each CPU, or in each thread, and a reading
 * lacks what isn't added yet (proc(5), /proc/pid/statm). PSS is counted anew for each reading.
 */
function pagesShare({ resources }: DerivedCell): number {
  const { rssBytesMax = null, processesMax = null } = resources?.gateway ?? {};
  if (rssBytesMax === null || rssBytesMax === 0) return 0;
  return ((processesMax ?? 1) * THRESHOLDS.comparison.batchedPageBytes) / rssBytesMax;
}
