import type { LiveRun } from '../../app/watch/live-run.js';
import { printableColours } from '../../lib/printable.js';
import { finishedLine, startedLine } from './cell-lines.js';
import type { ProgressStream, ProgressView } from './progress-view.js';

/** A line whenever a cell begins or ends. */
export function plainView(run: LiveRun, stream: ProgressStream): ProgressView {
  const writeLine = (text: string) => stream.write(`${printableColours(text)}\n`);
  const unlisten = run.onChange((event) => {
    if (event?.type === 'cell-started') writeLine(startedLine(event));
    if (event?.type === 'cell-finished') writeLine(finishedLine(event));
    if (event?.type === 'note') writeLine(event.message);
    if (event?.type === 'profile') writeLine(`  ${event.status}`);
  });
  return { close: unlisten };
}
