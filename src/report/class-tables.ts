import { stringify } from 'csv-stringify/sync';
import { type ClassFigures, classFigures } from '../analysis/class-figures.js';
import type { DerivedCell } from '../analysis/derive-run.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { ABSENT, formatDecimal, tabulateShare } from '../lib/format.js';
import { failedCount } from '../model/load.js';
import { overheadCell, PERCENTILES, percentileCell } from './latency-cells.js';
import { columns, type Section } from './section.js';
import { nameAndVersion } from './throughput-table.js';

const HEAD = ['Class', 'VUs', 'Share', 'Body KiB', 'RPS', 'p50', 'p95', 'p99', 'p99.9', '+p50', '+p99', 'Failed'];

const LEAD = [
  'Each class of requests with its own percentiles, in milliseconds; of several repeats, those of the one with the median rate. Share is the planned one. +p50 and +p99: less the same class in the direct run. ~ marks a percentile with few samples, as above.',
];

/** The classes of requests of each gateway; empty where requests have none. @param cells all of the run */
export function classSections(summaries: readonly GatewaySummary[], cells: readonly DerivedCell[]): Section[] {
  const sections = summaries.flatMap((summary): Section[] => {
    const figures = summary.levels.flatMap(({ shown }) => (shown === null ? [] : classFigures(shown, cells)));
    if (figures.length === 0) return [];
    const table = { columns: columns(HEAD, 1), rows: figures.map(rowOf) };
    return [{ title: `Classes of requests: ${nameAndVersion(summary)}`, lead: [], table, notes: [] }];
  });
  return sections.map((section, index) => (index === 0 ? { ...section, lead: LEAD } : section));
}

function rowOf({ cell, load, ratePerSec, overheadUs }: ClassFigures): string[] {
  return [
    load.name,
    String(cell.vus),
    tabulateShare(load.share),
    formatDecimal(load.requestBytesMean / 1024, 1),
    ratePerSec === null ? ABSENT : formatDecimal(ratePerSec, ratePerSec < 100 ? 1 : 0),
    ...PERCENTILES.map((percentile) => percentileCell(load.latencyUs, percentile)),
    overheadCell(overheadUs?.p50 ?? null),
    overheadCell(overheadUs?.p99 ?? null),
    formatDecimal(failedCount(load), 0),
  ];
}

/** `classes.csv`: one row per cell and class of requests, unrounded. */
export function classesCsv(cells: readonly DerivedCell[]): string {
  const rows = cells.flatMap((record) =>
    classFigures(record, cells).map(({ cell, load, ratePerSec, overheadUs }) => ({
      cell_id: cell.id,
      gateway: cell.gateway,
      variant: cell.variant,
      vus: cell.vus,
      repeat: cell.repeat,
      outcome: record.outcome.kind,
      class: load.name,
      share: load.share,
      request_bytes_mean: load.requestBytesMean,
      request_bytes_max: load.requestBytesMax,
      rate_per_s: ratePerSec,
      requests_ok: load.ok,
      requests_failed: failedCount(load),
      latency_p50_us: load.latencyUs?.p50 ?? null,
      latency_p95_us: load.latencyUs?.p95 ?? null,
      latency_p99_us: load.latencyUs?.p99 ?? null,
      latency_p999_us: load.latencyUs?.p999 ?? null,
      latency_max_us: load.latencyUs?.max ?? null,
      first_byte_p50_us: load.firstByteUs?.p50 ?? null,
      first_byte_p99_us: load.firstByteUs?.p99 ?? null,
      overhead_p50_us: overheadUs?.p50 ?? null,
      overhead_p99_us: overheadUs?.p99 ?? null,
    })),
  );
  return stringify(rows, { header: true });
}

/** What gateways told otherwise than the upstream, field by field; null where it wasn't looked at. */
export function answersSection(summaries: readonly GatewaySummary[]): Section | null {
  const looked = summaries.flatMap(({ label, levels }) => {
    const answers = levels.flatMap(({ records }) => records.flatMap((record) => record.answers ?? []));
    return answers.length === 0 ? [] : [{ label, answers }];
  });
  if (looked.length === 0) return null;
  const rows = looked.flatMap(({ label, answers }) => {
    const seen = new Map<string, string[]>();
    for (const { requests, dialect, stream, differences } of answers) {
      for (const { field, problem } of differences) {
        const what = [label, requests, `${dialect}${stream ? ', stream' : ''}`, field, problem];
        seen.set(JSON.stringify(what.slice(0, 4)), what);
      }
    }
    return [...seen.values()];
  });
  const right = looked.filter(({ label }) => rows.every(([each]) => each !== label)).map(({ label }) => label);
  return {
    title: 'Answers, field by field',
    lead: [
      'The first answer to each class of requests, beside what the upstream sent. These answers can be used; one that can’t fails its cell.',
    ],
    table:
      rows.length === 0
        ? null
        : { columns: columns(['Gateway', 'Class', 'Dialect', 'Field', 'What is wrong'], 5), rows },
    notes: right.length === 0 ? [] : [`Every field right: ${right.join(', ')}.`],
  };
}
