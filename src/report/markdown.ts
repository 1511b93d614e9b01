import type { Chart } from './chart.js';
import { escapeMarkdown, markdownSection } from './markdown-section.js';
import type { FlameEntry } from './profiles/flame-entry.js';
import { flamePicture } from './profiles/flame-entry.js';
import type { ReportSections } from './sections.js';

export interface MarkdownOptions {
  /** Why the charts could not be drawn, in words; they are left out then. */
  withoutCharts?: string;
  /** Nothing is beside the text: no chart and no flame graph is linked. */
  alone?: boolean;
}

/** `report.md`. */
export function markdownReport(
  sections: ReportSections,
  charts: readonly Chart[],
  flames: readonly FlameEntry[],
  reproduce: readonly string[],
  { withoutCharts, alone = false }: MarkdownOptions = {},
): string {
  const image = ({ title, fileName }: Chart) => `![${escapeMarkdown(title)}](charts/${encodeURI(fileName)})`;
  const chartsOf = (place: Chart['place']) =>
    withoutCharts === undefined && !alone ? charts.filter((chart) => chart.place === place).map(image) : [];
  return `${[
    `# ${escapeMarkdown(sections.title)}`,
    ...answer(sections),
    ...sections.runs.map((section) => markdownSection(section, 2)),
    markdownSection(sections.run, 2),
    ...chartsOf('run'),
    markdownSection(sections.versions, 2),
    ...sections.capacity.map((section, at) => markdownSection(section, at === 0 ? 2 : 3)),
    markdownSection(sections.throughput, 2),
    ...chartsOf('throughput'),
    ...[...sections.openLoop, ...sections.stages].map((section) => markdownSection(section, 3)),
    ...sections.shapes.map((section) => markdownSection(section, 3)),
    ...differences(sections),
    '## Latency and resources',
    ...sections.latencyLead.map(escapeMarkdown),
    ...sections.latency.map((section) => markdownSection(section, 3)),
    ...[...sections.classes, sections.answers ?? []].flat().map((section) => markdownSection(section, 3)),
    ...chartsOf('latency'),
    ...(sections.streams.length === 0 ? [] : ['## Streaming']),
    ...sections.streams.map((section) => markdownSection(section, 3)),
    ...(sections.intervals.length === 0 ? [] : ['## Intervals', ...sections.intervalsLead.map(escapeMarkdown)]),
    ...sections.intervals.map((section) => markdownSection(section, 3)),
    ...(sections.failures.length === 0 ? [] : ['## Failures']),
    ...sections.failures.map((section) => markdownSection(section, 3)),
    ...sections.soak.map((section, at) => markdownSection(section, at === 0 ? 2 : 3)),
    ...(sections.cost.length === 0 ? [] : ['## Cost and footprint']),
    ...sections.cost.map((section) => markdownSection(section, 3)),
    ...(sections.claims === null ? [] : [markdownSection(sections.claims, 2)]),
    ...(sections.shapeClaims === null ? [] : [markdownSection(sections.shapeClaims, 2)]),
    ...(sections.flame.length === 0 ? [] : ['## Flame graphs', ...(alone ? [] : flames.map(flamePicture))]),
    ...sections.flame.map((section) => markdownSection(section, 3)),
    markdownSection(sections.validity, 2),
    ...chartsSection(chartsOf('resources'), withoutCharts, alone),
    '## How to run this again',
    ['```sh', ...reproduce, '```'].join('\n'),
  ].join('\n\n')}\n`;
}

/** The headline stands out; what it rests on is a paragraph. */
function answer({ answer: [headline = '', ...sentences] }: ReportSections): string[] {
  return [`**${escapeMarkdown(headline)}**`, ...(sentences.length === 0 ? [] : [escapeMarkdown(sentences.join(' '))])];
}

function differences({ differencesLead, differences }: ReportSections): string[] {
  if (differences.length === 0) return [];
  const sections = differences.flatMap(({ rate, others }) => [rate, others].filter((section) => section !== null));
  return [
    '## Differences',
    ...differencesLead.map(escapeMarkdown),
    ...sections.map((section) => markdownSection(section, 3)),
  ];
}

function chartsSection(resources: string[], withoutCharts: string | undefined, alone: boolean): string[] {
  if (alone) return [];
  if (withoutCharts !== undefined) return ['## Charts', escapeMarkdown(`Not drawn: ${withoutCharts}`)];
  return ['## CPU and memory', ...resources];
}
