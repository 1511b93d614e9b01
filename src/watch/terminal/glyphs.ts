import type { MarkKind } from '../run-view.js';
import type { Style } from './spans.js';

/** The characters of a view: those of a terminal that has little more than ASCII differ. */
export interface Glyphs {
  marks: Record<MarkKind, string>;
  /** Of a chart, from nothing to full. */
  levels: readonly string[];
  /** Of a progress bar. */
  done: string;
  left: string;
  /** Between warm-up and window. */
  edge: string;
  /** A second that is still to come. */
  ahead: string;
  separator: string;
}

export const UNICODE: Glyphs = {
  marks: { ok: '✓', invalid: '!', crashed: '✗', failed: '∅', skipped: '–', running: '▸', pending: '·' },
  levels: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  done: '━',
  left: '─',
  edge: '┊',
  ahead: '·',
  separator: ' · ',
};

export const ASCII: Glyphs = {
  marks: { ok: '+', invalid: '!', crashed: 'x', failed: '?', skipped: '-', running: '>', pending: '.' },
  levels: [' ', '_', '.', '-', '=', '+', '*', '%', '#'],
  done: '=',
  left: '-',
  edge: '|',
  ahead: '.',
  separator: ', ',
};

/** Every mark differs in its character too: colours may be missing. */
export const MARK_STYLES: Record<MarkKind, Style> = {
  ok: 'good',
  invalid: 'warning',
  crashed: 'bad',
  failed: 'bad',
  skipped: 'dim',
  running: 'now',
  pending: 'dim',
};
