import { join } from 'node:path';
import { drawChart } from '../../lib/draw-chart.js';
import { messageOf } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { Chart } from '../../report/chart.js';
import { formatMachine } from '../../report/format-machine.js';
import type { PageExtras } from '../../report/page/report-page.js';
import { type FlameEntry, flameFolder } from '../../report/profiles/flame-entry.js';
import { type Report, type ReportInput, renderReport } from '../../report/report.js';
import { toJson } from '../../store/json-file.js';
import { openReportFolder, PARTS_FILE, writeReportFiles } from '../../store/report-folder.js';
import type { RunFolder } from '../../store/run-folder.js';
import { pageOf } from './page-of.js';
import { readPoolInput, readRunInput } from './read-report.js';

/**
 * Render and write the whole report of a run, from its files alone.
 * @param status takes what had to be left out
 */
export async function writeReport(folder: RunFolder, roots: Roots, status: (text: string) => void): Promise<Report> {
  const input = await readRunInput(folder, roots, status);
  const report = renderReport(input);
  await folder.writeReport(await reportFiles(report, input, status));
  return report;
}

/**
 * Write the report of several runs, with what it is made of.
 * @param path of its folder; one in the results folder, named by the runs, where absent
 * @returns the folder too
 * @throws UsageError for a folder with anything else in it, and for runs whose figures don't compare
 */
export async function writePooledReport(
  folders: readonly RunFolder[],
  path: string | undefined,
  roots: Roots,
  status: (text: string) => void,
): Promise<{ report: Report; folder: string }> {
  const input = await readPoolInput(folders, roots, status);
  const report = renderReport(input);
  const folder = path ?? join(roots.results, 'reports', input.run.id);
  await openReportFolder(folder);
  const files = await reportFiles(report, input, status);
  // Last: a folder with it is whole.
  if (report.parts !== null) files.set(PARTS_FILE, toJson(report.parts));
  await writeReportFiles(folder, files);
  return { report, folder };
}

/**
 * Every file of a report, by its path in the report's folder.
 * @param site of a report that is part of one, which has no pictures of charts
 */
export async function reportFiles(
  report: Report,
  { run, flames }: ReportInput,
  status: (text: string) => void,
  site?: PageExtras['site'],
): Promise<Map<string, string | Uint8Array>> {
  const files = new Map<string, string | Uint8Array>([
    ['results.csv', report.csv],
    ['metrics.csv', report.metricsCsv],
    ['intervals.csv', report.intervalsCsv],
    ['comparisons.csv', report.comparisonsCsv],
    ['cost.csv', report.costCsv],
    ...(report.classesCsv === null ? [] : [['classes.csv', report.classesCsv] as const]),
    ...(report.failuresCsv === null ? [] : [['failures.csv', report.failuresCsv] as const]),
    ...(report.soakCsv === null ? [] : [['soak.csv', report.soakCsv] as const]),
    ...(report.capacityCsv === null ? [] : [['capacity.csv', report.capacityCsv] as const]),
    ['results.json', report.json],
  ]);
  let withoutCharts = site === undefined ? undefined : 'the page beside it has them';
  try {
    if (site === undefined) await drawAll(report.charts, (fileName, png) => files.set(`charts/${fileName}`, png));
  } catch (error) {
    withoutCharts = messageOf(error);
    status(`the charts could not be drawn: ${withoutCharts}`);
  }
  for (const [name, content] of await flameFiles(flames, formatMachine(run.machine))) files.set(name, content);
  try {
    files.set('index.html', await pageOf(report, flames, site));
  } catch (error) {
    status(`left out of the report: index.html: ${messageOf(error)}`);
  }
  files.set('report.md', report.markdown(withoutCharts === undefined ? {} : { withoutCharts }));
  return files;
}

/** A chart is encoded off the main thread while the next one is drawn; more at once would only hold more pixels. */
async function drawAll(charts: readonly Chart[], onDrawn: (fileName: string, png: Buffer) => void): Promise<void> {
  const queue = charts.values();
  const drawNext = async () => {
    for (const chart of queue) onDrawn(chart.fileName, await drawChart(chart));
  };
  await Promise.all([drawNext(), drawNext()]);
}

/** Pages and exports of every profile; most runs have none, and then what makes them isn't loaded. */
async function flameFiles(flames: readonly FlameEntry[], machine: string): Promise<Map<string, string | Uint8Array>> {
  const files = new Map<string, string | Uint8Array>();
  if (flames.length === 0) return files;
  const { profileFiles } = await import('../flame/profile-files.js');
  for (const entry of flames) {
    for await (const [name, content] of profileFiles([entry], machine)) {
      const isWhole = typeof content === 'string' || content instanceof Uint8Array;
      files.set(`${flameFolder(entry.cellId)}/${name}`, isWhole ? content : [...content].join(''));
    }
  }
  return files;
}
