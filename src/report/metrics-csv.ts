import { stringify } from 'csv-stringify/sync';
import type { DerivedCell } from '../analysis/derive-run.js';
import type { LevelIntervals } from '../analysis/level-intervals.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { Run } from '../model/run.js';
import { cellFigures } from './cell-figures.js';

const COLUMNS = [
  'cell_id',
  'run_id',
  'run_cell_id',
  'gateway',
  'version',
  'scenario',
  'stream',
  'vus',
  'repeat',
  'profiler',
  'outcome',
  'started_at',
  'metric',
  'unit',
  'value',
  'interval_repeats',
  'interval_estimate',
  'interval_low',
  'interval_high',
];

/**
 * `metrics.csv`: one row per cell and metric, unrounded; an empty value is unknown. The interval is that over the repeats of
 * the cell's gateway and VU level, and stands at the cells that are in it.
 */
export function metricsCsv(
  run: Pick<Run, 'id'>,
  cells: readonly DerivedCell[],
  summaries: readonly GatewaySummary[],
): string {
  const intervalsOf = new Map(
    summaries.flatMap(({ levels }) =>
      levels.flatMap(({ comparable, intervals }) => comparable.map(({ cell }) => [cell.id, intervals] as const)),
    ),
  );
  const rows = cells.flatMap((cell) => rowsOf(run, cell, intervalsOf.get(cell.cell.id) ?? {}));
  return stringify(rows, { header: true, columns: COLUMNS, cast: { boolean: String } });
}

function rowsOf(run: Pick<Run, 'id'>, record: DerivedCell, intervals: LevelIntervals) {
  const { cell, gateway, outcome, startedAt, pooledFrom } = record;
  const about = {
    cell_id: cell.id,
    run_id: pooledFrom?.runId ?? run.id,
    run_cell_id: pooledFrom?.cellId ?? cell.id,
    gateway: gatewayLabel({ name: cell.gateway, variant: cell.variant }),
    version: gateway.version,
    scenario: cell.scenario,
    stream: cell.stream,
    vus: cell.vus,
    planned_rate_per_s: cell.ratePerSec,
    repeat: cell.repeat,
    profiler: cell.profiler,
    outcome: outcome.kind,
    started_at: startedAt,
  };
  const byName = new Map(Object.entries(intervals));
  return cellFigures(record).map(({ metric, unit, value }) => {
    const interval = byName.get(metric);
    return {
      ...about,
      metric,
      unit,
      value,
      interval_repeats: interval?.n,
      interval_estimate: interval?.estimate,
      interval_low: interval?.low,
      interval_high: interval?.high,
    };
  });
}
