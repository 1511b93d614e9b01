import { capacitiesOf } from '../analysis/capacity/result.js';
import { compareGateways } from '../analysis/comparisons.js';
import { gatewayCosts } from '../analysis/cost.js';
import { deriveRun } from '../analysis/derive-run.js';
import { runSpeed } from '../analysis/machine-speed.js';
import { floorFor } from '../analysis/noise-floor.js';
import { shapedCurves } from '../analysis/shaped-curves.js';
import { soakOf } from '../analysis/soak/soak.js';
import { gatewayStreams } from '../analysis/streams.js';
import { summarise } from '../analysis/summary.js';
import type { Claims } from '../model/claims.js';
import type { GatewayFootprint } from '../model/footprint.js';
import type { NoiseFloor } from '../model/noise-floor.js';
import type { PooledReport } from '../model/pooled-report.js';
import type { Prices } from '../model/prices.js';
import type { CellRecord, DamagedRecord } from '../model/record.js';
import type { Sample } from '../model/resources.js';
import type { Run } from '../model/run.js';
import { capacityCsv } from './capacity-csv.js';
import { cellsJunit } from './cells-junit.js';
import type { Chart } from './chart.js';
import { reportCharts } from './charts.js';
import { classesCsv } from './class-tables.js';
import { comparisonsCsv } from './comparisons-csv.js';
import { costCsv } from './cost-csv.js';
import { csvReport } from './csv.js';
import type { DerivedReport } from './derived-report.js';
import { failuresCsv } from './failures-csv.js';
import { spreads } from './interval-sections.js';
import { intervalsCsv } from './intervals-csv.js';
import { jsonReport } from './json.js';
import { type MarkdownOptions, markdownReport } from './markdown.js';
import { metricsCsv } from './metrics-csv.js';
import { openMetrics } from './openmetrics.js';
import { type PageExtras, reportPage } from './page/report-page.js';
import { pooledReport } from './pooled-json.js';
import type { PooledRuns } from './pooled-sections.js';
import type { FlameEntry } from './profiles/flame-entry.js';
import { reproduceAll } from './reproduce.js';
import { reportSections } from './sections.js';
import { soakCsv } from './soak-csv.js';
import { type TerminalOptions, terminalReport } from './terminal.js';

export type { Chart } from './chart.js';

/** Everything a report is made from; all of it is in the folder of a run, or in those of several. */
export interface ReportInput {
  run: Run;
  /** In any order; planned cells without a record are reported as missing. */
  records: readonly CellRecord[];
  /** Records that can't be used, for the report to name; none by default. */
  damaged?: readonly DamagedRecord[];
  /** Samples by cell id; a cell without samples has no line in the charts over time. */
  samplesByCell: ReadonlyMap<string, readonly Sample[]>;
  /** Profiles of profiled cells, in the plan's order. */
  flames: readonly FlameEntry[];
  /** What A/A runs on this machine and others measured; none by default. */
  noiseFloors?: readonly NoiseFloor[];
  /** Of several runs as one, whose `run` and `records` are these; absent for one run. */
  pool?: PooledRuns;
  /** What machines cost; without them, nothing is priced. */
  prices?: Prices;
  /** What was measured of gateways without load, of any version on any machine; none by default. */
  footprints?: readonly GatewayFootprint[];
  /** Published figures; null to leave the comparison out. */
  claims: Claims | null;
}

/** A report as text and chart definitions; the caller writes and draws. */
export interface Report {
  /** `report.md`, which embeds charts as `charts/<fileName>`, or gives the reason why they could not be drawn. */
  markdown(options?: MarkdownOptions): string;
  /** `index.html`: the whole report as one page. */
  page(extras: Omit<PageExtras, 'samplesByCell'>): string;
  /** `results.csv`: one row per cell. */
  csv: string;
  /** `metrics.csv`: one row per cell and metric. */
  metricsCsv: string;
  /** `intervals.csv`: one row per gateway, VU level and metric; `comparisons.csv`: one row per pair of gateways besides. */
  intervalsCsv: string;
  comparisonsCsv: string;
  /** `cost.csv`: one row per gateway, VU level and metric. */
  costCsv: string;
  /** `classes.csv`: one row per cell and class of requests; null where requests have no classes. */
  classesCsv: string | null;
  /** `failures.csv`: one row per cell, fault and metric; null in a scenario without faults. */
  failuresCsv: string | null;
  /** `capacity.csv`: one row per gateway, objective and level of a search; null in any other run. */
  capacityCsv: string | null;
  /** `soak.csv`: one row per series of each long window; null without any. */
  soakCsv: string | null;
  /** `results.json`, as text. */
  json: string;
  /** `report.json`, of several runs: what the report is made of; null for one run. */
  parts: PooledReport | null;
  /** The cells as JUnit's XML, and as OpenMetrics. */
  junit(): string;
  openMetrics(): string;
  /** The tables for a terminal. */
  terminal(options: TerminalOptions): string;
  charts: Chart[];
}

/** Gateways of several runs that have other labels in their report. */
function labelsBeforePooling(pool: PooledRuns | null): (label: string) => string {
  const pairs = pool?.split.flatMap(({ label, builds }) => builds.map((build) => [build.label, label] as const)) ?? [];
  const labels = new Map(pairs);
  return (label) => labels.get(label) ?? label;
}

const NO_PRICES: Prices = { schemaVersion: 1, currency: 'USD', machines: [] };

/** Turn a run's records into a report. What compares cells is derived here, and nowhere on disk. */
export function renderReport(input: ReportInput): Report {
  const { run, claims, prices = NO_PRICES, damaged = [], pool = null } = input;
  const order = new Map(run.cells.map((cell, index) => [cell.id, index]));
  // Within their own runs, cells of several have been derived already.
  const cells = (pool?.cells.slice() ?? deriveRun(input.records)).sort(
    (a, b) => (order.get(a.cell.id) ?? order.size) - (order.get(b.cell.id) ?? order.size),
  );
  // A profiler takes CPU from the gateway: figures of profiled cells appear only in the tables about profiles.
  const measured = cells.filter(({ cell }) => cell.profiler === null);
  const summaries = summarise({ ...run, cells: run.cells.filter(({ profiler }) => profiler === null) }, measured);
  const derived: DerivedReport = {
    run,
    cells,
    speed: runSpeed(input.records),
    summaries,
    comparisons: compareGateways(run, summaries, floorFor(run, input.noiseFloors ?? [])),
    shaped: shapedCurves(run, summaries),
    spreadOf: spreads(),
    streams: gatewayStreams(run, summaries),
    costs: gatewayCosts(run, summaries, prices, input.footprints ?? [], labelsBeforePooling(pool)),
    capacities: capacitiesOf(run, measured),
    soaks: measured.flatMap((cell) => soakOf(cell, input.samplesByCell.get(cell.cell.id) ?? []) ?? []),
    prices,
    pool,
    flames: input.flames,
    claims,
    damaged,
  };
  const runs = pool?.parts.map((part) => part.run) ?? [run];
  const sections = reportSections(derived);
  const charts = reportCharts(
    run,
    summaries,
    input.samplesByCell,
    pool === null ? derived.speed : null,
    derived.shaped,
  );
  return {
    markdown: (options) => markdownReport(sections, charts, input.flames, reproduceAll(run, pool), options),
    page: (extras) => reportPage(derived, sections, { samplesByCell: input.samplesByCell, ...extras }),
    csv: csvReport(run, cells),
    metricsCsv: metricsCsv(run, cells, summaries),
    intervalsCsv: intervalsCsv(summaries),
    comparisonsCsv: comparisonsCsv(derived.comparisons),
    costCsv: costCsv(derived.costs, prices),
    classesCsv: cells.some(({ classes }) => classes !== undefined) ? classesCsv(cells) : null,
    failuresCsv: failuresCsv(measured, run.scenario),
    capacityCsv: run.capacity === undefined ? null : capacityCsv(derived.capacities, run.capacity),
    soakCsv: derived.soaks.length === 0 ? null : soakCsv(derived.soaks),
    json: jsonReport(derived),
    parts: pool === null ? null : pooledReport(pool, summaries),
    junit: () => cellsJunit(derived),
    openMetrics: () => openMetrics(runs, cells),
    terminal: (options) => terminalReport(sections, options),
    charts,
  };
}
