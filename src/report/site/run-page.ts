import { deriveRun } from '../../analysis/derive-run.js';
import { runSpeed } from '../../analysis/machine-speed.js';
import { shapedCurves } from '../../analysis/shaped-curves.js';
import type { HistoryRun } from '../../analysis/trend.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import { latencySection } from '../latency-table.js';
import { runSection, versionsSection } from '../run-sections.js';
import { throughputSection } from '../throughput-table.js';
import { validitySection } from '../validity-table.js';
import { type SiteFrame, sectionHtml, sitePage } from './layout.js';
import { runFolder } from './links.js';

/** A file of a run, for its page. */
export interface RunFile {
  /** Relative to the run's folder. */
  name: string;
  what: string;
}

/** A run's page: its tables, and its files. @param flames pages of its flame graphs */
export function runPage(
  frame: SiteFrame,
  { run, records, summaries }: HistoryRun,
  files: readonly RunFile[],
  flames: readonly RunFile[],
): string {
  const cells = deriveRun(records);
  const measured = summaries.filter(({ levels }) =>
    levels.some(({ shown }) => shown !== null && shown.outcome.kind !== 'skipped'),
  );
  return sitePage(frame, {
    path: `${runFolder(run.id)}/index.html`,
    part: 'runs',
    title: `${run.scenario.title}: ${run.id}`,
    body: html`${sectionHtml(throughputSection(summaries, run.machine, shapedCurves(run, summaries)))}
${flames.length === 0 ? NOTHING : html`<h2>Flame graphs</h2>${fileList(flames)}`}
<h2>Latency and resources</h2>
${measured.map((summary) => sectionHtml(latencySection(summary), 3))}
${sectionHtml(validitySection(cells))}
${sectionHtml(versionsSection(summaries))}
${sectionHtml(runSection(run, cells, runSpeed(records)))}
<h2>Files</h2>
${fileList(files)}`,
  });
}

function fileList(files: readonly RunFile[]): Html {
  return html`<ul>${files.map(({ name, what }) => html`<li><a href="${encodeURI(name)}">${name}</a>: ${what}</li>`)}</ul>`;
}
