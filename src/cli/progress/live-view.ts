import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { LiveRun } from '../../app/watch/live-run.js';
import { Pacer } from '../../lib/pacer.js';
import { printableColours } from '../../lib/printable.js';
import { frame } from '../../watch/terminal/frame.js';
import { ASCII, UNICODE } from '../../watch/terminal/glyphs.js';
import { paint } from '../../watch/terminal/paint.js';
import { errorColours, redirectStatus } from '../output.js';
import { finishedLine } from './cell-lines.js';
import type { ProgressStream, ProgressView } from './progress-view.js';

/** Four times a second at most, for what happens; once a second for the time that is left. */
const PACE = { minMs: 250, maxMs: 1_000 };
const DEFAULT_SIZE = { columns: 80, rows: 24 };
/** Moves to the line's start and erases all below. */
const ERASE_BELOW = '\r\u001b[J';

/** A block at the end of the terminal's text that is drawn again and again, with lines for what has happened above it. */
export function liveView(
  run: LiveRun,
  url: string | null,
  stream: ProgressStream,
  term: string | undefined,
): ProgressView {
  const update = createLogUpdate(stream);
  // The console of Linux has few characters beyond ASCII.
  const glyphs = term === 'linux' ? ASCII : UNICODE;
  let drawn: { lines: string[]; columns: number } = { lines: [], columns: 0 };
  let hasBegun = false;

  /** A narrower terminal has broken the lines that are on it: more of them have to be erased than were drawn. */
  const eraseBroken = (columns: number) => {
    if (columns >= drawn.columns || drawn.lines.length === 0) return;
    const rows = drawn.lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
    stream.write(`\u001b[${rows}A${ERASE_BELOW}`);
    update.done();
  };
  const draw = () => {
    if (!hasBegun) return;
    const { columns = DEFAULT_SIZE.columns, rows = DEFAULT_SIZE.rows } = stream;
    eraseBroken(columns);
    // One column and one row less: after a full line, and below the block, terminals differ in where the cursor is. One
    // more row is empty, between what happened and the block.
    const options = { columns: columns - 1, rows: rows - 2, glyphs, clock, url };
    const lines = ['', ...frame(run.view(), options).map((line) => paint(line, errorColours))];
    // log-update patches what differs, and leaves the cursor elsewhere where a frame is shorter than the one before.
    if (lines.length !== drawn.lines.length) update.clear();
    update(lines.join('\n'));
    drawn = { lines, columns };
  };
  const pacer = new Pacer(draw, PACE);
  const writeAbove = (text: string) => {
    update.clear();
    drawn = { lines: [], columns: 0 };
    stream.write(`${printableColours(text.replace(/\n$/, ''))}\n`);
    draw();
  };
  const onResize = () => pacer.request();
  const unlisten = run.onChange((event) => {
    if (event?.type === 'note') writeAbove(event.message);
    else if (event?.type === 'cell-finished') writeAbove(finishedLine(event));
    else {
      hasBegun ||= event?.type === 'cell-started';
      pacer.request();
    }
  });
  stream.on('resize', onResize);
  redirectStatus(writeAbove);
  return {
    close: () => {
      redirectStatus(null);
      unlisten();
      stream.removeListener('resize', onResize);
      pacer.stop();
      draw();
      // The last frame stays, and the cursor comes back.
      update.done();
    },
  };
}

function clock(secondsFromNow: number): string {
  const at = new Date(Date.now() + secondsFromNow * 1000);
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}
