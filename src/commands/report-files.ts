import { completeRecords } from '../analysis/complete-records.js';
import { drawChart } from '../lib/draw-chart.js';
import { messageOf } from '../lib/errors.js';
import type { Roots } from '../lib/roots.js';
import type { Sample } from '../model/resources.js';
import { flameFolder } from '../report/flame/flame-picture.js';
import { machineWords } from '../report/machine-words.js';
import { type Report, renderReport } from '../report/report.js';
import { readClaims } from '../store/claims.js';
import type { RunFolder } from '../store/run-folder.js';
import { flameEntries } from './flame-entries.js';
import { tell } from './output.js';
import { profileFiles } from './profile-files.js';

/** Render and write the whole report of a run, from its files alone. A chart that can't be drawn is only told of. */
export async function writeReport(folder: RunFolder, roots: Roots): Promise<Report> {
  const { records, damaged } = await folder.readRecords();
  for (const { reason } of damaged) tell(`left out of the report: ${reason}`);
  const samplesByCell = new Map<string, readonly Sample[]>();
  for (const { cell } of records) samplesByCell.set(cell.id, await folder.readSamples(cell.id));
  const flames = await flameEntries(folder, records);
  const report = renderReport({
    run: folder.run,
    records: completeRecords(records),
    samplesByCell,
    flames,
    claims: await readClaims(roots.results),
  });
  const files = new Map<string, string | Uint8Array>([
    ['results.csv', report.csv],
    ['results.json', report.json],
  ]);
  let withoutCharts: string | undefined;
  try {
    for (const chart of report.charts) files.set(`charts/${chart.fileName}`, await drawChart(chart.configuration));
  } catch (error) {
    withoutCharts = messageOf(error);
    tell(`the charts could not be drawn: ${withoutCharts}`);
  }
  for (const entry of flames) {
    for (const [name, content] of await profileFiles(entry, machineWords(folder.run.machine)))
      files.set(`${flameFolder(entry.cellId)}/${name}`, content);
  }
  files.set('report.md', report.markdown(withoutCharts === undefined ? {} : { withoutCharts }));
  await folder.writeReport(files);
  return report;
}
