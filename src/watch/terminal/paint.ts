import type { createColors } from 'picocolors';
import type { Line, Style } from './spans.js';

type Colours = ReturnType<typeof createColors>;

/** A line as text, with the terminal's own colours. */
export function paint(line: Line, colours: Colours): string {
  const paints: Record<Style, (text: string) => string> = {
    plain: (text) => text,
    dim: colours.dim,
    bold: colours.bold,
    good: colours.green,
    warning: colours.yellow,
    bad: colours.red,
    now: colours.cyan,
  };
  return line
    .map(({ text, style }) => (text === '' ? '' : paints[style](text)))
    .join('')
    .trimEnd();
}
