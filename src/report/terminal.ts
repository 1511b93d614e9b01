import CliTable from 'cli-table3';
import pc from 'picocolors';
import { printable } from '../lib/printable.js';
import { wrapped } from '../lib/wrapped.js';
import type { Section } from './section.js';
import type { ReportSections } from './sections.js';

const PROSE_WIDTH = 110;

type Colours = ReturnType<typeof pc.createColors>;

const RULES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export interface TerminalOptions {
  /** Escape sequences; without them, plain text. */
  colour: boolean;
  /** `flame`: the profiles' sections only; `capacity`: the searches' only. */
  parts?: 'all' | 'flame' | 'capacity';
}

/** The report's tables for a terminal. */
export function terminalReport(sections: ReportSections, { colour, parts = 'all' }: TerminalOptions): string {
  const colours = pc.createColors(colour);
  if (parts !== 'all') {
    const own = sections[parts];
    return `${[colours.bold(printable(sections.title)), terminalSections(own, { colour })].join('\n\n')}\n`;
  }
  return [
    colours.bold(printable(sections.title)),
    answer(sections, colours),
    ...sections.runs.map((section) => terminalSection(section, colours)),
    ...sections.capacity.map((section) => terminalSection(section, colours)),
    terminalSection(sections.throughput, colours),
    ...[...sections.openLoop, ...sections.stages].map((section) => terminalSection(section, colours)),
    ...sections.shapes.map((section) => terminalSection(section, colours)),
    ...differences(sections, colours),
    [colours.bold('Latency and resources'), ...prose(sections.latencyLead, colours)].join('\n'),
    ...sections.latency.map((section) => terminalSection(section, colours)),
    ...[...sections.classes, sections.answers ?? []].flat().map((section) => terminalSection(section, colours)),
    ...sections.streams.map((section) => terminalSection(section, colours)),
    ...intervals(sections, colours),
    ...sections.failures.map((section) => terminalSection(section, colours)),
    ...sections.soak.map((section) => terminalSection(section, colours)),
    ...sections.cost.map((section) => terminalSection(section, colours)),
    ...(sections.claims === null ? [] : [terminalSection(sections.claims, colours)]),
    ...(sections.shapeClaims === null ? [] : [terminalSection(sections.shapeClaims, colours)]),
    ...sections.flame.map((section) => terminalSection(section, colours)),
    terminalSection(sections.validity, colours),
    terminalSection(sections.run, colours),
    '',
  ].join('\n\n');
}

function answer({ answer: [headline = '', ...sentences] }: ReportSections, colours: Colours): string {
  return [
    ...wrapped(printable(headline), PROSE_WIDTH).map(colours.bold),
    ...prose(sentences.length === 0 ? [] : [sentences.join(' ')], colours),
  ].join('\n');
}

/** Which is faster. The wide tables of the other metrics are in the Markdown. */
function differences({ differencesLead, differences }: ReportSections, colours: Colours): string[] {
  const rates = differences.flatMap(({ rate }) => rate ?? []);
  if (rates.length === 0) return [];
  return [
    [colours.bold('Differences'), ...prose(differencesLead, colours)].join('\n'),
    ...rates.map((section) => terminalSection(section, colours)),
  ];
}

function intervals({ intervals, intervalsLead, differences }: ReportSections, colours: Colours): string[] {
  // Without repeats there are only bounds within a window, which the Markdown has.
  if (differences.length === 0) return [];
  return [
    [colours.bold('Intervals'), ...prose(intervalsLead, colours)].join('\n'),
    ...intervals.map((section) => terminalSection(section, colours)),
  ];
}

/** Sections alone, one under another. */
export function terminalSections(sections: readonly Section[], { colour }: { colour: boolean }): string {
  const colours = pc.createColors(colour);
  return sections.map((section) => terminalSection(section, colours)).join('\n\n');
}

function terminalSection({ title, lead, table, notes }: Section, colours: Colours): string {
  return [
    colours.bold(printable(title)),
    ...prose(lead, colours),
    ...(table === null ? [] : [drawTable(table, colours)]),
    ...prose(notes, colours),
  ].join('\n');
}

/** Terminals break lines within words; sentences are broken between them, and only tables are as wide as they are. */
function prose(sentences: readonly string[], colours: Colours): string[] {
  return sentences.flatMap((sentence) => wrapped(printable(sentence), PROSE_WIDTH)).map(colours.dim);
}

function drawTable(table: NonNullable<Section['table']>, colours: Colours): string {
  const titled = table.columns.some(({ title }) => title !== '');
  const drawn = new CliTable({
    ...(titled ? { head: table.columns.map(({ title }) => colours.underline(title)) } : {}),
    colAligns: table.columns.map(({ align }) => align),
    chars: RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...table.rows.map((row) => row.map((cell) => toned(printable(cell), colours))));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What needs a look stands out. */
function toned(cell: string, colours: Colours): string {
  if (/^(crashed|failed|invalid)\b/.test(cell)) return colours.red(cell);
  if (/^(warn\b|\()/.test(cell)) return colours.yellow(cell);
  return /^(skipped\b|[–·])/.test(cell) ? colours.dim(cell) : cell;
}
