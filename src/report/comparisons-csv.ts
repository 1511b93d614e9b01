import { stringify } from 'csv-stringify/sync';
import type { LevelComparison, PairComparison } from '../analysis/comparisons.js';
import { formatDifference } from './format-difference.js';

/** `comparisons.csv`: one row per VU level, metric and pair of gateways, ratios of a to b unrounded; an empty field is unknown. */
export function comparisonsCsv(comparisons: readonly LevelComparison[]): string {
  const rows = comparisons.flatMap((level) => level.pairs.map((pair) => rowOf(pair, level)));
  return stringify(rows, { header: true, columns: COLUMNS });
}

const COLUMNS = [
  'vus',
  'metric',
  'a',
  'b',
  'blocks',
  'ratio',
  'ratio_low',
  'ratio_high',
  'adjusted_ratio',
  'adjusted_ratio_low',
  'adjusted_ratio_high',
  'holm_p',
  'noise_floor_share',
  'verdict',
  'better',
  'repeats_needed',
  'text',
];

function rowOf(pair: PairComparison, level: LevelComparison) {
  const { a, b, blocks, ratio, controlled, adjustedP, verdict } = pair;
  return {
    vus: level.vus,
    metric: level.metric,
    a,
    b,
    blocks,
    ratio: ratio?.estimate,
    ratio_low: ratio?.low,
    ratio_high: ratio?.high,
    adjusted_ratio: controlled?.estimate,
    adjusted_ratio_low: controlled?.low,
    adjusted_ratio_high: controlled?.high,
    holm_p: adjustedP,
    noise_floor_share: level.floorShare,
    verdict: verdict.kind === 'none' ? `none: ${verdict.because}` : verdict.kind,
    better: verdict.kind === 'difference' ? pair[verdict.better] : null,
    repeats_needed: verdict.kind === 'none' ? verdict.repeatsNeeded : null,
    text: formatDifference(pair, level),
  };
}
