import type { LiveRun } from '../../app/watch/live-run.js';
import { liveView } from './live-view.js';
import { plainView } from './plain-view.js';
import type { ProgressStream, ProgressView } from './progress-view.js';

/**
 * On a terminal, a block that is updated in place; elsewhere, a line whenever a cell begins or ends. So it is on a terminal
 * that can't move its cursor.
 * @param url of the page that shows the same; null for none
 */
export function progressView(
  run: LiveRun,
  url: string | null,
  stream: ProgressStream = process.stderr,
  term = process.env.TERM,
): ProgressView {
  return stream.isTTY && term !== 'dumb' ? liveView(run, url, stream, term) : plainView(run, stream);
}
