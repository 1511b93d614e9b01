import { deriveRun } from '../../analysis/derive-run.js';
import type { HistoryRun } from '../../analysis/trend.js';
import type { Claims } from '../../model/claims.js';
import type { Sample } from '../../model/resources.js';
import { formatMachine } from '../../report/format-machine.js';
import { entryTitle, type FlameEntry, flameFolder } from '../../report/profiles/flame-entry.js';
import { renderReport } from '../../report/report.js';
import type { SiteFrame } from '../../report/site/layout.js';
import { type RunFile, runPage } from '../../report/site/run-page.js';
import { toJson } from '../../store/json-file.js';
import { PROFILE_FILES, profileFiles } from '../flame/profile-files.js';
import type { StoredRun } from '../history/read-history.js';
import { flameEntries } from '../report/flame-entries.js';
import type { RunRedactor } from './redact-run.js';

/** What a run's files are made from besides its records. */
export interface RunContext {
  frame: SiteFrame;
  redactor: RunRedactor;
  /** Published figures; null where there are none. */
  claims: Claims | null;
  status(text: string): void;
}

const REPORT_FILES: readonly RunFile[] = [
  { name: 'report.md', what: 'the report as Markdown, without charts' },
  { name: 'results.csv', what: 'one row per cell' },
  { name: 'intervals.csv', what: '95 % intervals over repeats' },
  { name: 'comparisons.csv', what: 'every pair of gateways' },
  { name: 'results.json', what: 'all figures, unrounded' },
  { name: 'run.json', what: 'the run as it was planned; its records are below cells/' },
];

/**
 * Every file of a published run, by its path in the run's folder. They are made from redacted documents alone, so that
 * nothing private gets as far as a renderer.
 * @param stored the run as it was measured @param run the same, redacted
 */
export async function* runFiles(
  stored: StoredRun,
  run: HistoryRun,
  { frame, redactor, claims, status }: RunContext,
): AsyncGenerator<[name: string, content: string | Uint8Array]> {
  // Categories are told by files and modules, some of which are removed: they stay as they were.
  const flames: FlameEntry[] = (await flameEntries(stored.folder, deriveRun(stored.records), status)).map((entry) => ({
    ...entry,
    profile: { ...entry.profile, profile: redactor.profile(entry.profile.profile) },
  }));
  const report = renderReport({
    run: run.run,
    records: run.records,
    samplesByCell: await redactedSamples(stored, redactor, status),
    flames,
    noiseFloors: redactor.noiseFloors(stored.noiseFloors),
    claims,
  });
  yield ['report.md', report.markdown({ withoutCharts: 'they are not part of a published run' })];
  yield ['results.csv', report.csv];
  yield ['intervals.csv', report.intervalsCsv];
  yield ['comparisons.csv', report.comparisonsCsv];
  yield ['results.json', report.json];
  yield ['run.json', toJson(run.run)];
  for (const record of run.records) yield [`cells/${record.cell.id}/record.json`, toJson(record)];
  const pages: RunFile[] = [];
  for (const entry of flames) {
    const folder = flameFolder(entry.cellId);
    for await (const [name, content] of profileFiles([entry], formatMachine(run.run.machine))) {
      const isWhole = typeof content === 'string' || content instanceof Uint8Array;
      yield [`${folder}/${name}`, isWhole ? content : [...content].join('')];
    }
    pages.push({ name: `${folder}/${PROFILE_FILES.page}`, what: entryTitle(entry) });
  }
  yield ['index.html', runPage(frame, run, REPORT_FILES, pages)];
}

async function redactedSamples(
  { folder, records }: StoredRun,
  redactor: RunRedactor,
  status: RunContext['status'],
): Promise<Map<string, Sample[]>> {
  const byCell = new Map<string, Sample[]>();
  for (const { cell } of records) {
    const { samples, damage } = await folder.readSamples(cell.id);
    if (damage !== null) status(`left out: ${damage}`);
    byCell.set(cell.id, redactor.samples(samples));
  }
  return byCell;
}
