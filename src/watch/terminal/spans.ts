import stringWidth from 'string-width';
import { printable } from '../../lib/printable.js';

/** What text means; the terminal's colours are chosen by whoever writes it. */
export type Style = 'plain' | 'dim' | 'bold' | 'good' | 'warning' | 'bad' | 'now';

export interface Span {
  text: string;
  style: Style;
}

/** A line of a terminal. Widths are counted in its columns: a wide character takes two. */
export type Line = readonly Span[];

const segmenter = new Intl.Segmenter();

/** Characters of one column each, and what a view is nearly all made of: to look up each of them takes long. */
const NARROW = /^[ -~–…·µ✓✗∅▸─-▟]*$/;

function widthOfText(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Text in one style; foreign text too, of which nothing controls the terminal. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text: printable(text).replace(/[\n\t]+/g, ' '), style };
}

export function widthOf(line: Line): number {
  return widthOfText(line.map(({ text }) => text).join(''));
}

/** A line no wider than so many columns: what is too much is cut off, with an ellipsis. */
export function cropped(line: Line, columns: number): Line {
  if (widthOf(line) <= columns) return line;
  const fitted: Span[] = [];
  let left = columns - 1;
  if (left < 0) return [];
  for (const { text, style } of line) {
    const kept = cut(text, left);
    if (kept !== '') fitted.push({ text: kept, style });
    left -= widthOfText(kept);
    if (kept !== text) break;
  }
  return [...fitted, { text: '…', style: 'dim' }];
}

/** As much of a text's start as fits. */
function cut(text: string, columns: number): string {
  if (widthOfText(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) return kept;
    kept += segment;
  }
  return kept;
}

type Side = 'start' | 'end';

/** At least so wide. @param side where blanks are added */
export function widened(line: Line, columns: number, side: Side = 'end'): Line {
  const missing = columns - widthOf(line);
  if (missing <= 0) return line;
  const blanks = { text: ' '.repeat(missing), style: 'plain' } as const;
  return side === 'end' ? [...line, blanks] : [blanks, ...line];
}

/** Exactly so wide: cut off or filled up. */
export function padded(line: Line, columns: number, side: Side = 'end'): Line {
  return widened(cropped(line, columns), columns, side);
}

/** Two blocks next to each other, the left one so many columns wide. */
export function beside(left: readonly Line[], right: readonly Line[], leftColumns: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => [
    ...padded(left[row] ?? [], leftColumns),
    ...(right[row] ?? []),
  ]);
}

/** A line with its last part at the right edge; without that part where there is no room for both. */
export function spread(left: Line, right: Line, columns: number): Line {
  const room = columns - widthOf(right);
  if (right.length === 0 || widthOf(left) + 2 > room) return cropped(left, columns);
  return [...padded(left, room), ...right];
}
