import type { SKRSContext2D } from 'canvas';
import type { LayoutItem } from 'chart.js';
import { drawPoint } from 'chart.js/helpers';
import type { Mark, MarkColumn } from './drawing.js';

const FONT = '12px "DejaVu Sans"';
const INK = '#222222';
const BACKGROUND = '#f3f4f6';

const ROW_HEIGHT = 18;
const PADDING = 3;
const RADIUS = 5;
/** Between a symbol and its number, and between two marks. */
const NUMBER_GAP = 4;
const MARK_GAP = 8;

/** A mark's place: from the left end of the strip to its symbol's left edge, and the row from the top. */
export interface PlacedMark {
  mark: Mark;
  x: number;
  width: number;
  row: number;
}

/**
 * Place marks below their columns, in as many rows as it takes for none to touch another: as many of a column side by
 * side as its distance to the next one leaves room for, the rest under them.
 * @param widthOf a number's width in pixels
 */
export function placeMarks(
  columns: readonly MarkColumn[],
  stripWidth: number,
  widthOf: (text: string) => number,
): PlacedMark[] {
  const placed: PlacedMark[] = [];
  const sorted = columns.toSorted((a, b) => a.at - b.at);
  for (const [index, { at, marks }] of sorted.entries()) {
    const centre = at * stripWidth;
    const neighbours = [sorted[index - 1], sorted[index + 1]].flatMap((other) => (other === undefined ? [] : other.at));
    const room = Math.min(stripWidth, ...neighbours.map((other) => Math.abs(other - at) * stripWidth));
    for (let rest = marks.map((mark) => ({ mark, width: markWidth(mark, widthOf) })); rest.length > 0; ) {
      const count = Math.max(1, countWithin(rest, room));
      const group = rest.slice(0, count);
      rest = rest.slice(count);
      placeGroup(group, centre, stripWidth, placed);
    }
  }
  return placed;
}

type Sized = Pick<PlacedMark, 'mark' | 'width'>;

/** Centred below its column, as far as the strip goes, in the first row where it touches nothing. */
function placeGroup(group: readonly Sized[], centre: number, stripWidth: number, placed: PlacedMark[]): void {
  const total = group.reduce((sum, { width }) => sum + width, 0);
  const left = Math.max(0, Math.min(centre - total / 2, stripWidth - total));
  let row = 0;
  while (placed.some((other) => other.row === row && other.x < left + total && other.x + other.width > left)) row++;
  let x = left;
  for (const { mark, width } of group) {
    placed.push({ mark, x, width, row });
    x += width;
  }
}

function countWithin(marks: readonly Sized[], room: number): number {
  let total = 0;
  const tooMany = marks.findIndex(({ width }) => {
    total += width;
    return total > room;
  });
  return tooMany === -1 ? marks.length : tooMany;
}

function markWidth({ note }: Mark, widthOf: (text: string) => number): number {
  return 2 * RADIUS + NUMBER_GAP + widthOf(String(note)) + MARK_GAP;
}

/** A strip between the plot and its x axis, as a box of Chart.js' layout. */
export class MarkStrip implements LayoutItem {
  readonly position = 'bottom';
  /** Nearer to the plot than the axis, whose weight is 0. */
  readonly weight = -1;
  readonly fullSize = false;
  readonly options = {};
  width = 0;
  height = 0;
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;

  constructor(
    private readonly context: SKRSContext2D,
    private readonly columns: readonly MarkColumn[],
  ) {}

  isHorizontal(): boolean {
    return true;
  }

  update(width: number): void {
    const rows = Math.max(0, ...this.placed(width).map(({ row }) => row + 1));
    this.width = width;
    this.height = rows === 0 ? 0 : rows * ROW_HEIGHT + 2 * PADDING;
  }

  draw(): void {
    const { context, left, top, width, height } = this;
    context.save();
    context.fillStyle = BACKGROUND;
    context.fillRect(left, top, width, height);
    context.font = FONT;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    for (const { mark, x, row } of this.placed(width)) {
      const middle = top + PADDING + (row + 0.5) * ROW_HEIGHT;
      context.strokeStyle = mark.colour;
      context.lineWidth = 2;
      context.fillStyle = 'white';
      const symbol = left + x + MARK_GAP / 2 + RADIUS;
      const { style, rotation } = mark.point;
      drawPoint(context, { pointStyle: style, rotation, radius: RADIUS, borderWidth: 2 }, symbol, middle);
      context.fillStyle = INK;
      context.fillText(String(mark.note), symbol + RADIUS + NUMBER_GAP, middle);
    }
    context.restore();
  }

  private placed(width: number): PlacedMark[] {
    this.context.save();
    this.context.font = FONT;
    const placed = placeMarks(this.columns, width, (text) => this.context.measureText(text).width);
    this.context.restore();
    return placed;
  }
}
