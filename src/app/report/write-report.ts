import { deriveRun } from '../../analysis/derive-run.js';
import { drawChart } from '../../lib/draw-chart.js';
import { messageOf } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { Sample } from '../../model/resources.js';
import type { Chart } from '../../report/chart.js';
import { formatMachine } from '../../report/format-machine.js';
import { type FlameEntry, flameFolder } from '../../report/profiles/flame-entry.js';
import { type Report, renderReport } from '../../report/report.js';
import { readClaims } from '../../store/claims.js';
import type { RunFolder } from '../../store/run-folder.js';
import { noiseFloorsBeside } from '../compare/read-runs.js';
import { flameEntries } from './flame-entries.js';

/**
 * Render and write the whole report of a run, from its files alone.
 * @param status takes what had to be left out
 */
export async function writeReport(folder: RunFolder, roots: Roots, status: (text: string) => void): Promise<Report> {
  const { records, damaged } = await folder.readRecords();
  for (const { reason } of damaged) status(`left out of the report's tables: ${reason}`);
  const samplesByCell = new Map<string, readonly Sample[]>();
  for (const { cell } of records) {
    const { samples, damage } = await folder.readSamples(cell.id);
    if (damage !== null) status(`left out of the report's charts: ${damage}`);
    samplesByCell.set(cell.id, samples);
  }
  const flames = await flameEntries(folder, deriveRun(records), status);
  const report = renderReport({
    run: folder.run,
    records,
    damaged,
    samplesByCell,
    flames,
    noiseFloors: await noiseFloorsBeside(folder, status),
    claims: await readClaims(roots.results),
  });
  const files = new Map<string, string | Uint8Array>([
    ['results.csv', report.csv],
    ['intervals.csv', report.intervalsCsv],
    ['comparisons.csv', report.comparisonsCsv],
    ['results.json', report.json],
  ]);
  let withoutCharts: string | undefined;
  try {
    await drawAll(report.charts, (fileName, png) => files.set(`charts/${fileName}`, png));
  } catch (error) {
    withoutCharts = messageOf(error);
    status(`the charts could not be drawn: ${withoutCharts}`);
  }
  for (const [name, content] of await flameFiles(flames, formatMachine(folder.run.machine))) files.set(name, content);
  files.set('report.md', report.markdown(withoutCharts === undefined ? {} : { withoutCharts }));
  await folder.writeReport(files);
  return report;
}

/** A chart is encoded off the main thread while the next one is drawn; more at once would only hold more pixels. */
async function drawAll(charts: readonly Chart[], onDrawn: (fileName: string, png: Buffer) => void): Promise<void> {
  const queue = charts.values();
  const drawNext = async () => {
    for (const { fileName, configuration } of queue) onDrawn(fileName, await drawChart(configuration));
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
