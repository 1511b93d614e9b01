import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ReportFormat } from '../app/report/render-format.js';
import { UsageError } from '../lib/errors.js';
import { type Roots, rootsOf } from '../lib/roots.js';
import type { Report } from '../report/report.js';
import type { RunFolder } from '../store/run-folder.js';
import { jsonOption } from './options/cell-options.js';
import { colours, writeDocument, writeJsonText, writeResult, writeStatus } from './output.js';

// Spelled out: --help loads no report. The type keeps it complete.
const FORMATS: Record<ReportFormat, true> = {
  html: true,
  md: true,
  csv: true,
  json: true,
  junit: true,
  openmetrics: true,
};

interface ReportOptions {
  format?: ReportFormat;
  output?: string;
  out?: string;
  open?: boolean;
  prices?: string;
  json?: boolean;
}

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('render the tables and charts of a run again, or of several as one, from their files alone')
    .argument('<run...>', 'folder of a run, such as results/<run-id>, or a folder of runs; several become one report')
    .addOption(
      new Option(
        '--format <format>',
        'print this one, and write no report: html (a page), md, csv (a row a cell and metric), json, junit (a test a cell), openmetrics',
      ).choices(Object.keys(FORMATS)),
    )
    .option('--output <file>', 'with --format: write it there instead of printing it')
    .option('-o, --out <folder>', 'of several runs: where the report goes (default: results/reports/<run-ids>)')
    .option('--open', 'show the page in a browser: the one that BROWSER names, or the desktop’s')
    .option('--prices <file>', 'what vCPU-hours and GiB-hours cost (default: prices/cloud.yaml)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  gatebench report results/2026-05-04T10-00-00Z-published --open
  gatebench report results/2026-05-04T10-00-00Z-published --json | jq .cells[0].latencyUs
  gatebench report results/monday results/tuesday --out reports/week
  gatebench report results/2026-05-04T10-00-00Z-published --format junit --output cells.xml
  gatebench report results/2026-05-04T10-00-00Z-published --format openmetrics > cells.om
  gatebench report results/2026-05-04T10-00-00Z-published --prices ./mine.yaml
  gatebench report results/2026-05-04T10-00-00Z-published --format html --output page.html --open

Several runs: repeats of the same gateway are pooled, its versions stand side by side. Runs whose figures don't compare are refused.`,
    )
    .action(report);
}

async function report(paths: string[], options: ReportOptions): Promise<void> {
  requireFitting(options);
  const { reportedRuns } = await import('../app/report/read-report.js');
  const runs = await reportedRuns(paths);
  const roots = rootsWith(options.prices);
  if (options.format !== undefined) return print(runs, options.format, options, roots);
  const { report, folder } = await write(runs, options.out, roots);
  if (options.json) writeJsonText(report.json);
  else writeResult(report.terminal({ colour: colours.isColorSupported }));
  const page = `${folder}/index.html`;
  writeStatus(`\nreport: ${page}`);
  if (options.open) await show(page);
}

function rootsWith(prices: string | undefined): Roots {
  const roots = rootsOf();
  return prices === undefined ? roots : { ...roots, prices: resolve(prices) };
}

/** @throws UsageError for options that don't go together */
function requireFitting({ format, output, out, open, json }: ReportOptions): void {
  if (format === undefined) {
    if (output !== undefined) {
      throw new UsageError('--output is for --format', 'add one, such as --format csv, or leave --output out');
    }
    return;
  }
  if (json) throw new UsageError('--json and --format exclude each other', 'give one: --format json only prints');
  if (out !== undefined) {
    throw new UsageError('--format writes no report, so there is nothing to put into --out', 'use --output FILE');
  }
  if (open && (format !== 'html' || output === undefined)) {
    throw new UsageError(
      '--open shows a page, and this writes none',
      'leave --format out, or write the page: --format html --output page.html',
    );
  }
}

async function print(
  runs: readonly RunFolder[],
  format: ReportFormat,
  { output, open }: ReportOptions,
  roots: Roots,
): Promise<void> {
  const [{ renderFormat }, { writeOutputFile }] = await Promise.all([
    import('../app/report/render-format.js'),
    import('../store/output-file.js'),
  ]);
  const text = await renderFormat(runs, format, roots, writeStatus);
  if (output === undefined) return writeDocument(text);
  await writeOutputFile(resolve(output), text);
  writeStatus(`${format}: ${resolve(output)}`);
  if (open) await show(resolve(output));
}

/** Whoever measures on a machine without a display gets the path, which they may open elsewhere. */
async function show(page: string): Promise<void> {
  const { openFile } = await import('../lib/open-file.js');
  const reason = await openFile(page);
  if (reason !== null) writeStatus(`not opened, because ${reason}: ${page}`);
}

/** @returns the folder of the report too */
async function write(
  runs: readonly RunFolder[],
  out: string | undefined,
  roots: Roots,
): Promise<{ report: Report; folder: string }> {
  const { writePooledReport, writeReport } = await import('../app/report/write-report.js');
  const [only, ...others] = runs;
  if (only !== undefined && others.length === 0) {
    if (out !== undefined) {
      throw new UsageError(
        `--out is for several runs, and there is only ${only.run.id}, whose report is in its own folder`,
        'leave it out, or print one format into a file: --format md --output report.md',
      );
    }
    return { report: await writeReport(only, roots, writeStatus), folder: `${only.path}/report` };
  }
  return writePooledReport(runs, out === undefined ? undefined : resolve(out), roots, writeStatus);
}
