import { stringify } from 'csv-stringify/sync';
import type { Trend } from '../../analysis/trend.js';

/** Unrounded; runs by id. */
export function trendJson({ label, metric, classes }: Trend) {
  return {
    schemaVersion: 1,
    gateway: label,
    metric: metric.name,
    unit: metric.unit,
    scale: metric.scale,
    better: metric.better,
    classes: classes.map(({ class: own, series }) => ({
      class: own.name,
      machine: own.runs[0].run.machine,
      engine: own.runs[0].run.engine,
      differs: own.differs,
      series: series.map(({ vus, points, levels, changes, missingRuns }) => ({
        vus,
        points: points.map(({ run, ...point }) => ({ run: run.id, createdAt: run.createdAt, ...point })),
        levels,
        changes,
        missingRuns,
      })),
    })),
  };
}

/** One row a run, class and number of VUs, unrounded. */
export function trendCsv({ label, metric, classes }: Trend): string {
  const rows = classes.flatMap(({ class: own, series }) =>
    series.flatMap(({ vus, points, changes, levels }) =>
      points.map((point, index) => {
        const change = changes.find(({ at }) => at === index);
        return {
          gateway: label,
          metric: metric.name,
          unit: metric.unit,
          class: own.name,
          vus,
          run: point.run.id,
          created_at: point.run.createdAt,
          version: point.version,
          repeats: point.repeats,
          estimate: point.estimate,
          low: point.interval?.low ?? null,
          high: point.interval?.high ?? null,
          outcome: point.outcome,
          level: levels.find(({ from, to }) => from <= index && index < to)?.estimate ?? null,
          change: change?.change.estimate ?? null,
          change_low: change?.change.low ?? null,
          change_high: change?.change.high ?? null,
          change_p: change?.p ?? null,
        };
      }),
    ),
  );
  return stringify(rows, { header: true, columns: CSV_COLUMNS });
}

const CSV_COLUMNS = [
  'gateway',
  'metric',
  'unit',
  'class',
  'vus',
  'run',
  'created_at',
  'version',
  'repeats',
  'estimate',
  'low',
  'high',
  'outcome',
  'level',
  'change',
  'change_low',
  'change_high',
  'change_p',
];
