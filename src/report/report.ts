import type { ChartConfiguration } from 'chart.js';
import type { Claims } from '../model/claims.js';
import type { CellRecord } from '../model/record.js';
import type { Sample } from '../model/resources.js';
import type { Run } from '../model/run.js';

/** Everything a report is made of; all of it comes from the files of one run folder. */
export interface ReportInput {
  run: Run;
  /** In any order; cells of the plan that have no record yet are reported as missing. */
  records: readonly CellRecord[];
  /** samples.jsonl by cell id; a cell without samples has no line in the charts over time. */
  samplesByCell: ReadonlyMap<string, readonly Sample[]>;
  /** Null where there is nothing to compare with. */
  claims: Claims | null;
  /** Command lines that do this run again. */
  reproduce: readonly string[];
}

/** A chart to be drawn by `src/lib/draw-chart.ts`, and its file below `report/charts/`. */
export interface Chart {
  /** `throughput.png`. */
  fileName: string;
  title: string;
  configuration: ChartConfiguration;
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
  terminal(options: { colour: boolean }): string;
  charts: Chart[];
}
