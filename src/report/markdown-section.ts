import { markdownTable } from 'markdown-table';
import { printable } from '../lib/printable.js';
import type { Section } from './section.js';

/** A section as GitHub-flavoured Markdown. @param level of its heading */
export function markdownSection(section: Section, level: number): string {
  const { title, lead, table, notes } = section;
  return [
    `${'#'.repeat(level)} ${escapeMarkdown(title)}`,
    ...lead.map(escapeMarkdown),
    ...(table === null
      ? []
      : [
          markdownTable(
            [table.columns.map((column) => column.title), ...table.rows].map((row) => row.map(escapeMarkdown)),
            {
              align: table.columns.map((column) => column.align),
              // Padding a table with long cells makes it unreadable as text and changes nothing when rendered.
              alignDelimiters: false,
            },
          ),
        ]),
    // Two spaces at the end of a line break it, where a list would number or indent.
    ...(notes.length === 0 ? [] : [notes.map(escapeMarkdown).join('  \n')]),
  ].join('\n\n');
}

/** Text from logs, machines and manifests stays text: nothing in it becomes markup, a link, or a table's edge. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*[\]<>|]/g, '\\$&')
    .replace(/(?<!\w)_|_(?!\w)/g, '\\_')
    .replace(/~~/g, '\\~\\~')
    .replace(/&(?=#?\w+;)/g, '&amp;');
}
