import { completeRecords } from '../analysis/complete-records.js';
import { summarise } from '../analysis/summary.js';
import type { Claims } from '../model/claims.js';
import type { CellRecord } from '../model/record.js';
import type { Sample } from '../model/resources.js';
import type { Run } from '../model/run.js';
import type { Chart } from './chart.js';
import { reportCharts } from './charts.js';
import { csvReport } from './csv.js';
import { jsonReport } from './json.js';
import { markdownReport } from './markdown.js';
import type { FlameEntry } from './profiles/flame-entry.js';
import { reproduceCommands } from './reproduce.js';
import { reportSections } from './sections.js';
import { type TerminalOptions, terminalReport } from './terminal.js';

export type { Chart } from './chart.js';

/** Everything a report is made of; all of it comes from the files of one run folder. */
export interface ReportInput {
  run: Run;
  /** In any order; cells of the plan that have no record yet are reported as missing. */
  records: readonly CellRecord[];
  /** samples.jsonl by cell id; a cell without samples has no line in the charts over time. */
  samplesByCell: ReadonlyMap<string, readonly Sample[]>;
  /** Profiled cells that have a profile, in the plan's order. */
  flames: readonly FlameEntry[];
  /** Null where there is nothing to compare with. */
  claims: Claims | null;
}

/** A whole report: text and chart definitions; the caller writes and draws. */
export interface Report {
  /** `report.md`. Charts are embedded as `charts/<fileName>`; give the reason instead where they could not be drawn. */
  markdown(options?: { withoutCharts?: string }): string;
  /** `results.csv`: a row a cell, raw values. */
  csv: string;
  /** `results.json`, as text. */
  json: string;
  /** The tables for people at a terminal. */
  terminal(options: TerminalOptions): string;
  charts: Chart[];
}

/** The one way from records to a report. Overheads and cross-cell gates are filled in here. */
export function renderReport(input: ReportInput): Report {
  const { run, claims } = input;
  const order = new Map(run.cells.map((cell, index) => [cell.id, index]));
  const records = completeRecords(input.records).sort(
    (a, b) => (order.get(a.cell.id) ?? order.size) - (order.get(b.cell.id) ?? order.size),
  );
  // A profiler takes CPU from what it looks at: the numbers of those cells are in no table but their own.
  const measured = records.filter(({ cell }) => cell.profiler === null);
  const summaries = summarise({ ...run, cells: run.cells.filter(({ profiler }) => profiler === null) }, measured);
  const sections = reportSections(run, records, summaries, input.flames, claims);
  const charts = reportCharts(run, summaries, input.samplesByCell);
  return {
    markdown: ({ withoutCharts } = {}) =>
      markdownReport(sections, charts, input.flames, reproduceCommands(run), withoutCharts),
    csv: csvReport(records),
    json: jsonReport(run, records, input.flames),
    terminal: (options) => terminalReport(sections, options),
    charts,
  };
}
