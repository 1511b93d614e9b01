import { markdownTable } from 'markdown-table';
import { decimal } from '../../report/format.js';
import { formatMachine } from '../../report/format-machine.js';
import { escapeMarkdown } from '../../report/markdown-section.js';
import type { Section } from '../../report/section.js';
import type { Absent, SelfbenchResult } from './result.js';
import { enginesSection, mocksSection, targetsSection, truthSection } from './tables.js';

/** `docs/performance.md`, and what the terminal shows: the tables are padded, so that they read as text too. */
export function selfbenchDocument(result: SelfbenchResult): string {
  const { rows, targets, absent, settings, driver } = result;
  return `${[
    '# Performance of the harness',
    'Written by `gatebench selfbench` (`make selfbench`), which measures the load engines and the mock upstream against one ' +
      'another, on one machine and in one run. Ratios carry over to other machines better than figures do.',
    runLines(result).join('\n'),
    escapeMarkdown(
      `Every figure is the median of ${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}. A round takes every ` +
        `measurement once, ${settings.durationS} s each after ${settings.warmupS} s of warm-up (longer above 2,000 VUs); every second round runs backwards.`,
    ),
    sectionText(targetsSection(targets)),
    sectionText(enginesSection(rows, driver)),
    sectionText(mocksSection(rows, driver)),
    sectionText(truthSection(rows)),
    ...(absent.length === 0 ? [] : [absentText(absent)]),
  ].join('\n\n')}\n`;
}

function runLines({ createdAt, harness, machine, load1Before, engines, upstreams }: SelfbenchResult): string[] {
  const commit = harness.commit === null ? 'no git checkout' : `commit ${harness.commit.slice(0, 12)}`;
  return [
    `- Date: ${createdAt}`,
    `- Machine: ${escapeMarkdown(formatMachine(machine))}`,
    `- Load average of the minute before: ${decimal(load1Before, 2)} on ${machine.cores} cores`,
    `- gatebench ${harness.version}, ${commit}${harness.dirty ? ' with changes' : ''}; Node ${harness.node}`,
    `- Engines: ${engines.map(({ name, version }) => escapeMarkdown(`${name} ${version}`)).join(', ')}`,
    `- Upstreams: ${upstreams.map(({ kind, title, version }) => escapeMarkdown(`${kind} (${title}, ${version})`)).join('; ')}`,
  ];
}

function sectionText({ title, lead, table, notes }: Section): string {
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

function absentText(absent: readonly Absent[]): string {
  return [
    '## What did not take part',
    absent.map(({ name, reason, hint }) => `- ${escapeMarkdown(`${name}: ${reason} (${hint})`)}`).join('\n'),
  ].join('\n\n');
}
