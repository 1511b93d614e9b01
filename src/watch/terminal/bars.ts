import type { Glyphs } from './glyphs.js';
import type { Line, Span, Style } from './spans.js';

/** Values over time, one a column: null where nothing is known, undefined where it is still to come. */
export type Columns = readonly (number | null | undefined)[];

/**
 * Values for so many columns. A column holds the buckets that begin in it, or the one that it is in.
 * @param values of the buckets until now
 * @param buckets how many there will be
 * @param merge the value of several
 */
export function resample(
  values: readonly (number | null)[],
  buckets: number,
  columns: number,
  merge: (values: number[]) => number,
): Columns {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * buckets) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * buckets) / columns));
    if (from >= values.length) return undefined;
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : merge(known);
  });
}

export const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const largestOf = (values: number[]) => values.reduce((largest, value) => Math.max(largest, value), 0);

/** How the bars of a chart are drawn. */
export interface BarOptions {
  /** Lines of text. */
  height: number;
  glyphs: Glyphs;
  styleOf: (column: number) => Style;
  /** An edge is drawn before this column; 0 for none. */
  edge: number;
}

/** A bar for each column, from 0 to the largest value. */
export function bars(columns: Columns, { height, glyphs, styleOf, edge }: BarOptions): Line[] {
  const { levels, ahead } = glyphs;
  const steps = levels.length - 1;
  const largest = largestOf(columns.filter((value) => typeof value === 'number'));
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * steps;
    const bar = (value: number | null | undefined, column: number): Span => {
      if (value === undefined) return { text: line === height - 1 ? ahead : ' ', style: 'dim' };
      if (value === null || value <= 0) return { text: ' ', style: 'plain' };
      // A small value isn't nothing.
      const filled = Math.max(1, Math.round((value / largest) * height * steps));
      return { text: levels[Math.min(steps, Math.max(0, filled - below))] ?? ' ', style: styleOf(column) };
    };
    const drawn = columns.map(bar);
    return joined(edge === 0 ? drawn : drawn.toSpliced(edge, 0, { text: glyphs.edge, style: 'dim' }));
  });
}

/** How far something is. @param share 0 to 1 */
export function progressBar(share: number, columns: number, glyphs: Glyphs): Line {
  const done = Math.min(columns, Math.max(0, Math.round(share * columns)));
  return [
    { text: glyphs.done.repeat(done), style: 'now' },
    { text: glyphs.left.repeat(columns - done), style: 'dim' },
  ];
}

/** Neighbours of one style as one span, so that colours are switched seldom. */
function joined(line: Line): Line {
  const spans: { text: string; style: Style }[] = [];
  for (const { text, style } of line) {
    const last = spans.at(-1);
    if (last?.style === style) last.text += text;
    else spans.push({ text, style });
  }
  return spans;
}
