import { formatEnd, formatFinished, formatLeft, formatOutcomes } from '../format-run.js';
import type { RunView } from '../run-view.js';
import { progressBar } from './bars.js';
import { currentHeight, currentLines } from './current-lines.js';
import { fallenLines, gatePanel, gateSummary, PANEL_COLUMNS } from './gate-lines.js';
import type { Glyphs } from './glyphs.js';
import { gridHeight, gridLines, showsRates } from './grid-lines.js';
import { beside, cropped, type Line, span, widthOf } from './spans.js';

export interface FrameOptions {
  /** No line is wider. */
  columns: number;
  /** There are no more lines. */
  rows: number;
  glyphs: Glyphs;
  /** The time of day in so many seconds, such as `15:42`. */
  clock: (secondsFromNow: number) => string;
  /** Of the page that shows the same; null for none. */
  url: string | null;
}

/** What a frame has room for. */
interface Layout {
  title: boolean;
  /** Gates one by one, to the right of the rest. */
  panel: boolean;
  /** Lines of each chart. */
  chartRows: number;
  /** Lines for gates that were not passed. */
  fallen: number;
  /** Empty lines between the parts. */
  gaps: boolean;
}

/** From most to least; the first that fits is taken, and {@link LEAST} where none does. */
const LAYOUTS: readonly Layout[] = [
  { title: true, panel: true, chartRows: 4, fallen: 6, gaps: true },
  { title: true, panel: true, chartRows: 3, fallen: 4, gaps: true },
  { title: true, panel: true, chartRows: 2, fallen: 3, gaps: true },
  { title: true, panel: false, chartRows: 2, fallen: 3, gaps: true },
  { title: false, panel: false, chartRows: 2, fallen: 2, gaps: true },
  { title: false, panel: false, chartRows: 1, fallen: 2, gaps: true },
  { title: false, panel: false, chartRows: 1, fallen: 1, gaps: false },
];
const LEAST: Layout = { title: false, panel: false, chartRows: 1, fallen: 0, gaps: false };
const PANEL_GAP = 4;
/** With less beside the panel, charts show little. */
const MIN_MAIN_COLUMNS = 60;
/** As many as a cell has, before the first has ended. */
const EXPECTED_GATES = 14;

/** A run as lines of a terminal. Its height changes as seldom as possible: what moves can't be read. */
export function frame(view: RunView, options: FrameOptions): Line[] {
  const { rows } = options;
  const roomForPanel = hasRoomForPanel(view, options);
  const layout = LAYOUTS.find((each) => (roomForPanel || !each.panel) && heightOf(view, each, options) <= rows);
  if (layout !== undefined) return linesOf(view, layout, gridHeight(view.grid), options);
  // Not even the least fits: some gateways of the grid, or none; then what comes first.
  const rest = heightOf(view, LEAST, options) - gridHeight(view.grid);
  return linesOf(view, LEAST, rows - rest, options).slice(0, rows);
}

function hasRoomForPanel({ grid }: RunView, { columns, glyphs }: FrameOptions): boolean {
  const left = columns - PANEL_COLUMNS - PANEL_GAP;
  return left >= MIN_MAIN_COLUMNS && showsRates(grid, { columns: left, glyphs });
}

/** So many lines, also while there is nothing to put into some of them. */
function heightOf(view: RunView, layout: Layout, { url }: FrameOptions): number {
  const gap = layout.gaps ? 1 : 0;
  const main = gridHeight(view.grid) + (view.end === null ? gap + currentHeight(layout.chartRows) : 0);
  const panel = layout.panel ? Math.max(main, 1 + (view.gates.length || EXPECTED_GATES)) : main;
  const summary = layout.panel ? 0 : 1 + gap;
  const fallen = layout.fallen === 0 ? 0 : layout.fallen + (layout.panel ? gap : 0);
  return (layout.title ? 1 : 0) + 1 + gap + panel + summary + fallen + (url === null ? 0 : 1 + gap);
}

function linesOf(view: RunView, layout: Layout, gridRows: number, options: FrameOptions): Line[] {
  const { columns, glyphs, url } = options;
  const gap: Line[] = layout.gaps ? [[]] : [];
  const left = layout.panel ? columns - PANEL_COLUMNS - PANEL_GAP : columns;
  const grid = gridLines(view.grid, { columns: left, maxRows: gridRows, glyphs });
  const main = [...grid, ...(view.end === null ? [...gap, ...runningLines(view, layout, left, glyphs)] : [])];
  const fallen = fallenLines(view.fallen, layout.fallen, columns);
  return [
    ...(layout.title ? [titleLine(view)] : []),
    statusLine(view, options),
    ...gap,
    ...(layout.panel ? beside(main, gatePanel(view.gates), left + PANEL_GAP) : main),
    ...(layout.panel ? [] : [...gap, gateSummary(view.gates, columns)]),
    ...(layout.panel && fallen.length > 0 ? [...gap, ...fallen] : fallen),
    ...(url === null ? [] : [...gap, [span('page  ', 'dim'), span(url)]]),
  ].map((line) => cropped(line, columns));
}

function runningLines({ current, progress }: RunView, { chartRows }: Layout, columns: number, glyphs: Glyphs): Line[] {
  if (current !== null) return currentLines(current, progress, { columns, chartRows, glyphs });
  const waiting: Line = [span('before the first cell', 'dim')];
  return [waiting, ...Array.from({ length: currentHeight(chartRows) - 1 }, (): Line => [])];
}

function titleLine({ head: { title, engine, upstream } }: RunView): Line {
  return [span(title, 'bold'), span(`  engine ${engine}, upstream ${upstream}`, 'dim')];
}

/** Shorter bars show nothing. */
const MIN_BAR_COLUMNS = 10;

/** How far the run is, and when it will be over. */
function statusLine(view: RunView, { columns, glyphs, clock }: FrameOptions): Line {
  const { progress, end } = view;
  const finished = formatFinished(progress);
  if (end !== null) {
    const style = end.kind === 'finished' ? 'good' : 'bad';
    const outcomes = formatOutcomes(progress);
    return cropped(
      [span(finished, 'bold'), span(` ${formatEnd(view)}`, style), span(outcomes === '' ? '' : `: ${outcomes}`)],
      columns,
    );
  }
  const left = progress.runLeftS === null ? '' : `${glyphs.separator}${formatLeft(progress.runLeftS)} left`;
  const until = progress.runLeftS === null ? '' : `${glyphs.separator}until ${clock(progress.runLeftS)}`;
  const texts: Line[] = [
    [span(finished, 'bold'), span(left), span(until, 'dim')],
    [span(finished, 'bold'), span(left)],
  ];
  const text = texts.find((each) => widthOf(each) + 2 + MIN_BAR_COLUMNS <= columns);
  if (text === undefined) return cropped(texts[1] ?? [], columns);
  const room = columns - widthOf(text) - 2;
  return [...progressBar(progress.share, room, glyphs), span('  '), ...text];
}
