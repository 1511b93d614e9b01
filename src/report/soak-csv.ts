import { stringify } from 'csv-stringify/sync';
import type { Soak } from '../analysis/soak/soak.js';
import type { SoakTrend } from '../analysis/soak/trend.js';

/**
 * `soak.csv`: one row per cell with a long window and series, unrounded. `first` and `last`: medians of its first and last tenth; slopes are per hour, of the whole window and
 * of its second half with the 95 % interval; `autocorrelation`: how many times that widened its variance.
 */
export function soakCsv(soaks: readonly Soak[]): string {
  const rows = soaks.flatMap(({ cellId, load, windowS, memoryMib, descriptors, threads, p50Us, p99Us, harness }) =>
    [
      row('gateway_rss', 'MiB', memoryMib),
      row('gateway_descriptors', '', descriptors),
      row('gateway_threads', '', threads),
      row('p50', 'us', p50Us),
      row('p99', 'us', p99Us),
      row('engine_rss', 'MiB', harness.engine),
      row('mock_rss', 'MiB', harness.mock),
    ]
      .filter((each) => each !== null)
      .map((each) => ({ cell_id: cellId, load, window_s: windowS, ...each })),
  );
  return stringify(rows, { header: true, columns: COLUMNS });
}

const COLUMNS = [
  ...['cell_id', 'load', 'window_s', 'series', 'unit', 'shape', 'first', 'last', 'largest', 'slope_whole_per_h'],
  ...['slope_per_h', 'slope_low_per_h', 'slope_high_per_h', 'autocorrelation'],
];

function row(series: string, unit: string, trend: SoakTrend | null) {
  if (trend === null) return null;
  const { shape, first, last, largest, whole, late } = trend;
  return {
    series,
    unit,
    shape,
    first,
    last,
    largest,
    slope_whole_per_h: whole.slope,
    slope_per_h: late.slope,
    slope_low_per_h: late.low,
    slope_high_per_h: late.high,
    autocorrelation: late.autocorrelation,
  };
}
