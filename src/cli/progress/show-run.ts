import { LiveRun } from '../../app/watch/live-run.js';
import type { RunPage } from '../../app/watch/run-page.js';
import { InterruptedError, messageOf } from '../../lib/errors.js';
import type { OnRunEvent } from '../../run/cell-context.js';
import type { WatchedRun } from '../../watch/run-state.js';
import type { RunEnd } from '../../watch/run-view.js';
import { writeStatus } from '../output.js';
import { progressView } from './run-progress.js';

/** Whoever shows a run while it goes on. */
export interface ShownRun {
  onEvent: OnRunEvent;
  /** Show that the run is over, and show no more. @param error what ended it; none if it has finished */
  end(error?: unknown): Promise<void>;
}

/**
 * Show a run on stderr, and on a page where that is wanted.
 * @param watchPort of the page; 0 for any that is free, null for no page
 * @throws ExpectedError if the page can't be served
 */
export async function showRun(plan: WatchedRun, watchPort: number | null): Promise<ShownRun> {
  const run = new LiveRun(plan);
  let page: RunPage | null = null;
  if (watchPort !== null) {
    const { serveRunPage } = await import('../../app/watch/run-page.js');
    page = await serveRunPage(run, watchPort);
    writeStatus(`watch the run at ${page.url}\n`);
  }
  const view = progressView(run, page?.url ?? null);
  return {
    onEvent: run.onEvent,
    end: async (error) => {
      run.end(endOf(error));
      view.close();
      await page?.close();
    },
  };
}

function endOf(error: unknown): RunEnd {
  if (error === undefined) return { kind: 'finished' };
  if (error instanceof InterruptedError) return { kind: 'interrupted', signal: error.signal };
  return { kind: 'failed', message: messageOf(error) };
}
