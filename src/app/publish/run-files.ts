import { type ReportInput, renderReport } from '../../report/report.js';
import { linkTo, runFolder, SITE_PAGES } from '../../report/site/links.js';
import { toJson } from '../../store/json-file.js';
import { reportFiles } from '../report/write-report.js';

const RUN_FILE = 'run.json';

/** What a run's page leads to. */
const DATA = ['report.md', 'results.csv', 'metrics.csv', 'results.json', RUN_FILE];

/**
 * Every file of a published run, by its path in the run's folder: its report, and the documents that it is made from.
 * @param input redacted: nothing private gets as far as a renderer
 */
export async function* runFiles(
  input: ReportInput,
  status: (text: string) => void,
): AsyncGenerator<[name: string, content: string | Uint8Array]> {
  const { run, records } = input;
  yield [RUN_FILE, toJson(run)];
  for (const record of records) yield [`cells/${record.cell.id}/record.json`, toJson(record)];
  const home = linkTo(`${runFolder(run.id)}/index.html`, SITE_PAGES.runs);
  yield* await reportFiles(renderReport(input), input, status, { home, files: DATA });
}
