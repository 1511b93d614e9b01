import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { markdownTable } from 'markdown-table';
import { formatDecimal } from '../../lib/format.js';
import { formatMachine } from '../../report/format-machine.js';
import { escapeMarkdown } from '../../report/markdown-section.js';
import type { Section } from '../../report/section.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import { requireWritable } from '../../store/run-folder.js';
import type { Absent } from './find-upstreams.js';
import type { SelfbenchResult } from './selfbench.js';
import { enginesSection, mocksSection, paritySection, targetsSection, truthSection } from './tables.js';

/** `docs/performance.md`, and what the terminal shows: the tables are padded, to be readable as text. */
export function renderDocument(result: SelfbenchResult): string {
  const { rows, targets, absent, settings, driver } = result;
  return `${[
    '# Performance of the harness',
    'Written by `gatebench selfbench` (`make selfbench`), which measures the load engines and the mock upstream against one ' +
      'another, on one machine and in one run. Ratios carry over to other machines better than absolute figures do.',
    formatRun(result).join('\n'),
    escapeMarkdown(
      `Every figure is the median of ${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}. A round has every ` +
        `measurement once, ${settings.durationS} s each after ${settings.warmupS} s of warm-up (longer above 2,000 VUs); every second round runs in reverse.`,
    ),
    formatSection(targetsSection(targets)),
    formatSection(enginesSection(rows, driver)),
    formatSection(paritySection(rows, driver)),
    formatSection(mocksSection(rows, driver)),
    formatSection(truthSection(rows)),
    ...(absent.length === 0 ? [] : [formatAbsent(absent)]),
  ].join('\n\n')}\n`;
}

function formatRun({ createdAt, harness, machine, load1Before, engines, upstreams }: SelfbenchResult): string[] {
  const commit = harness.commit === null ? 'no git checkout' : `commit ${harness.commit.slice(0, 12)}`;
  return [
    `- Date: ${createdAt}`,
    `- Machine: ${escapeMarkdown(formatMachine(machine))}`,
    `- Load average of the minute before: ${formatDecimal(load1Before, 2)} on ${machine.cores} cores`,
    `- gatebench ${harness.version}, ${commit}${harness.dirty ? ' with changes' : ''}; Node ${harness.node}`,
    `- Engines: ${engines.map(({ name, version }) => escapeMarkdown(`${name} ${version}`)).join(', ')}`,
    `- Upstreams: ${upstreams.map(({ kind, title, version }) => escapeMarkdown(`${kind} (${title}, ${version})`)).join('; ')}`,
  ];
}

function formatSection({ title, lead, table, notes }: Section): string {
  return [
    `## ${title}`,
    ...lead.map(escapeMarkdown),
    ...(table === null || table.rows.length === 0
      ? ['Nothing was measured.']
      : [
          markdownTable(
            [table.columns.map((column) => column.title), ...table.rows].map((row) => row.map(escapeMarkdown)),
            { align: table.columns.map((column) => column.align) },
          ),
        ]),
    ...(notes.length === 0 ? [] : [notes.map(escapeMarkdown).join('  \n')]),
  ].join('\n\n');
}

function formatAbsent(absent: readonly Absent[]): string {
  return [
    '## Not measured',
    absent.map(({ name, reason, hint }) => `- ${escapeMarkdown(`${name}: ${reason} (${hint})`)}`).join('\n'),
  ].join('\n\n');
}

/** What follows in the file is written by people: what limits the figures, found by profiling. */
export const NOTES_MARK =
  '<!-- What follows is written by hand, and kept when the figures above are measured again. -->';

/**
 * The new figures, with the notes of the file that they replace.
 * @param existing the file's text; null where there is none
 */
export function keepNotes(document: string, existing: string | null): string {
  const notes = existing?.split(NOTES_MARK)[1]?.trim();
  return [document.trimEnd(), NOTES_MARK, ...(notes ? [notes] : [])].join('\n\n').concat('\n');
}

/** @throws ExpectedError where the document's folder can't be written */
export async function requireDocumentFolder(file: string): Promise<void> {
  await requireWritable(dirname(file));
}

/** Write the document, and keep the notes of the file that it replaces. */
export async function writeDocument(file: string, document: string): Promise<void> {
  const existing = await readFile(file, 'utf8').catch(() => null);
  await writeFileAtomic(file, keepNotes(document, existing));
}
