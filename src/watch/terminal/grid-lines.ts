import { formatLevel, formatSlotP99, formatSlotRate, shownMark } from '../format-run.js';
import type { Grid, GridRow, Slot } from '../run-view.js';
import { type Glyphs, MARK_STYLES } from './glyphs.js';
import { cropped, type Line, padded, span, widened, widthOf } from './spans.js';

export interface GridOptions {
  columns: number;
  /** Lines in all. */
  maxRows: number;
  glyphs: Glyphs;
}

/** What a slot shows of its repeats, from most to least. */
const DETAILS = ['p99s', 'rates', 'marks'] as const;
type Detail = (typeof DETAILS)[number];
/** What the figures of a slot are. */
const CORNERS: Record<Detail, string> = { p99s: 'req/s, p99', rates: 'req/s', marks: '' };

/** Between two columns. */
const GAP = 2;
/** Room for a rate before there is one, so that the columns stay where they are. */
const RATE_COLUMNS = 6;
const P99_COLUMNS = 8;
/** More repeats than this are counted, not drawn. */
const MAX_MARKS = 5;
const LABEL_SHARE = 0.35;

/** How many lines {@link gridLines} makes where there is room. */
export function gridHeight(grid: Grid): number {
  return grid.rows.length + 1;
}

/** The plan: gateways by VUs, filled with outcomes, in as much detail as there is room for. */
export function gridLines(grid: Grid, options: GridOptions): Line[] {
  const { columns, maxRows } = options;
  if (maxRows < 2) return [];
  const detail = DETAILS.find((each) => gridWidth(grid, each, options) <= columns);
  const rows = visibleRows(grid.rows, maxRows - 1);
  const lines =
    detail === undefined ? summaryLines(rows.shown, options) : tableLines(grid, rows.shown, detail, options);
  const hidden = grid.rows.length - rows.shown.length;
  const more: Line[] = hidden > 0 ? [[span(`and ${hidden} more ${hidden === 1 ? 'gateway' : 'gateways'}`, 'dim')]] : [];
  return [...lines, ...more].slice(0, maxRows).map((line) => cropped(line, columns));
}

/** Whether a grid shows at least its rates within so many columns. */
export function showsRates(grid: Grid, options: Omit<GridOptions, 'maxRows'>): boolean {
  return gridWidth(grid, 'rates', options) <= options.columns;
}

/** The rows around the one that is measured, where there isn't room for all. */
function visibleRows(rows: readonly GridRow[], room: number): { shown: readonly GridRow[] } {
  if (rows.length <= room) return { shown: rows };
  const count = Math.max(1, room - 1);
  const running = rows.findIndex(({ slots }) => slots.some((slot) => slot.some(({ kind }) => kind === 'running')));
  const from = Math.min(Math.max(0, running - (count >> 1)), rows.length - count);
  return { shown: rows.slice(from, from + count) };
}

function tableLines(grid: Grid, rows: readonly GridRow[], detail: Detail, options: GridOptions): Line[] {
  const labels = labelColumns(grid, detail, options.columns);
  const widths = slotWidths(grid, detail, options.glyphs);
  const head: Line = [
    ...padded([span(CORNERS[detail], 'dim')], labels),
    ...grid.levels.flatMap((level, at) => cellOf([span(formatLevel(level), 'dim')], widths[at] ?? 0)),
  ];
  return [
    head,
    ...rows.map((row): Line => {
      const label = padded([labelOf(row)], labels);
      if (row.skipped !== null) return [...label, ...gap(), span(`skipped: ${row.skipped}`, 'dim')];
      return [
        ...label,
        ...row.slots.flatMap((slot, at) => cellOf(slotLine(slot, detail, options.glyphs), widths[at] ?? 0)),
      ];
    }),
  ];
}

/** A row a gateway with counts alone, where not even marks have room. */
function summaryLines(rows: readonly GridRow[], { columns }: GridOptions): Line[] {
  const width = Math.min(Math.max(...rows.map((row) => widthOf([labelOf(row)])), 8), Math.floor(columns * LABEL_SHARE));
  return [
    [span('cells with a result', 'dim')],
    ...rows.map((row): Line => {
      const marks = row.slots.flat();
      const waiting = marks.filter(({ kind }) => kind === 'pending' || kind === 'running').length;
      const bad = marks.filter(({ kind }) => kind === 'invalid' || kind === 'crashed' || kind === 'failed').length;
      return [
        ...padded([labelOf(row)], width),
        ...gap(),
        span(`${marks.length - waiting} of ${marks.length}`),
        ...(bad > 0 ? [span(`, ${bad} not ok`, 'warning')] : []),
      ];
    }),
  ];
}

function labelOf({ label, slots, skipped }: GridRow) {
  const isRunning = slots.some((slot) => slot.some(({ kind }) => kind === 'running'));
  return span(label, isRunning ? 'now' : skipped === null ? 'plain' : 'dim');
}

const gap = (): Line => [{ text: ' '.repeat(GAP), style: 'plain' }];

function cellOf(line: Line, width: number): Line {
  return [...gap(), ...padded(line, width, 'start')];
}

function gridWidth(grid: Grid, detail: Detail, { columns, glyphs }: Omit<GridOptions, 'maxRows'>): number {
  const slots = slotWidths(grid, detail, glyphs);
  return slots.reduce((sum, width) => sum + GAP + width, labelColumns(grid, detail, columns));
}

function labelColumns({ rows }: Grid, detail: Detail, columns: number): number {
  const longest = Math.max(CORNERS[detail].length, ...rows.map((row) => widthOf([labelOf(row)])));
  return Math.min(longest, Math.max(4, Math.floor(columns * LABEL_SHARE)));
}

function slotWidths({ levels, rows }: Grid, detail: Detail, glyphs: Glyphs): number[] {
  return levels.map((level, at) =>
    Math.max(
      widthOf([span(formatLevel(level))]),
      ...rows
        .filter(({ skipped }) => skipped === null)
        .map(({ slots }) => widthOf(slotLine(slots[at] ?? [], detail, glyphs))),
    ),
  );
}

/** `1,514  138.6 ms ✓✓!`, or less of it. */
function slotLine(slot: Slot, detail: Detail, glyphs: Glyphs): Line {
  if (slot.length === 0) return [];
  const marks = marksOf(slot, glyphs);
  if (detail === 'marks') return marks;
  const shown = shownMark(slot);
  const style = shown === null || shown.kind === 'ok' ? 'plain' : MARK_STYLES[shown.kind];
  const rate = widened([span(formatSlotRate(slot), style)], RATE_COLUMNS, 'start');
  const p99: Line =
    detail === 'p99s' ? [span('  '), ...widened([span(formatSlotP99(slot), 'dim')], P99_COLUMNS, 'start')] : [];
  return [...rate, ...p99, span(' '), ...marks];
}

/** `✓✓!▸·`; of many repeats `12/40!`, with what isn't ok among them. */
function marksOf(slot: Slot, glyphs: Glyphs): Line {
  if (slot.length <= MAX_MARKS) return slot.map(({ kind }) => span(glyphs.marks[kind], MARK_STYLES[kind]));
  const waiting = slot.filter(({ kind }) => kind === 'pending' || kind === 'running').length;
  const worst = (['crashed', 'failed', 'invalid', 'running'] as const).find((kind) =>
    slot.some((mark) => mark.kind === kind),
  );
  const digits = String(slot.length).length;
  return [
    span(`${String(slot.length - waiting).padStart(digits)}/${slot.length}`, waiting === 0 ? 'good' : 'plain'),
    worst === undefined ? span(' ') : span(glyphs.marks[worst], MARK_STYLES[worst]),
  ];
}
