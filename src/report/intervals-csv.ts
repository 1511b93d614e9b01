import { stringify } from 'csv-stringify/sync';
import { METRICS } from '../analysis/metrics.js';
import type { GatewaySummary } from '../analysis/summary.js';

/** `intervals.csv`: 95 % intervals over repeats, one row per gateway, VU level and metric, unrounded. */
export function intervalsCsv(summaries: readonly GatewaySummary[]): string {
  const rows = summaries.flatMap(({ label, levels }) =>
    levels.flatMap(({ vus, intervals }) =>
      METRICS.flatMap(({ name, unit, scale }) => {
        const interval = intervals[name];
        if (interval === undefined) return [];
        const { estimate, low, high, n, sd, df } = interval;
        return [{ gateway: label, vus, metric: name, unit, scale, repeats: n, estimate, low, high, sd, df }];
      }),
    ),
  );
  return stringify(rows, { header: true, columns: COLUMNS });
}

const COLUMNS = ['gateway', 'vus', 'metric', 'unit', 'scale', 'repeats', 'estimate', 'low', 'high', 'sd', 'df'];
