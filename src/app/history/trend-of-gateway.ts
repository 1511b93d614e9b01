import type { RunClass } from '../../analysis/run-comparison/run-classes.js';
import { type HistoryRun, type Trend, type TrendQuery, trendOf } from '../../analysis/trend.js';
import { UsageError } from '../../lib/errors.js';
import { formatList } from '../../lib/format.js';
import { suggestion } from '../../lib/suggest.js';

/**
 * A gateway's trend.
 * @throws UsageError for a gateway, or VUs, that no run has
 */
export function trendOfGateway(classes: readonly RunClass<HistoryRun>[], query: TrendQuery): Trend {
  const labels = [...new Set(classes.flatMap(({ runs }) => runs.flatMap(labelsOf)))];
  if (!labels.includes(query.label)) {
    throw new UsageError(`no run has a gateway ${query.label}`, suggestion(query.label, labels));
  }
  const trend = trendOf(classes, query);
  if (trend.classes.length > 0) return trend;
  const all = trendOf(classes, { ...query, vus: undefined });
  const levels = [...new Set(all.classes.flatMap(({ series }) => series.map(({ vus }) => vus)))].sort((a, b) => a - b);
  if (levels.length === 0)
    throw new UsageError(`${query.label} was skipped in every run`, 'install it: gatebench setup');
  throw new UsageError(
    `no run has ${query.label} at ${formatList((query.vus ?? []).map(String))} VUs`,
    `it was measured at ${formatList(levels.map(String))}`,
  );
}

function labelsOf({ summaries }: HistoryRun): string[] {
  return summaries.map(({ label }) => label);
}
