import { ExpectedError } from '../../lib/errors.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import type { LoadResult } from '../../model/load.js';
import type { LoadProgress, LoadRun } from '../engine.js';
import { LoadSession } from './load-session.js';

const PROGRESS_MS = 1_000;

/**
 * A load that other programs drive, as an engine's run. They tell what they measured at their end only, so progress is
 * the time that went by.
 * @param repeatMs see {@link LoadSession}
 */
export function externalLoad(
  repeatMs: number | null,
  onProgress: (progress: LoadProgress) => void,
  work: (session: LoadSession) => Promise<LoadResult>,
): LoadRun {
  let session: LoadSession | null = null;
  let stopped = false;
  let killed = false;
  let windowBegan: (epochMs: number) => void = () => undefined;
  const begun = new Promise<number>((resolve) => {
    windowBegan = resolve;
  });

  const ticker = setInterval(() => {
    const position = session?.position();
    if (position) onProgress({ ...position, ratePerSec: null, p99Us: null, failed: null });
  }, PROGRESS_MS);
  const done = (async () => {
    const folder = await temporaryFolder();
    try {
      session = new LoadSession(folder.path, repeatMs, windowBegan);
      if (stopped) session.stop();
      if (killed) await session.kill();
      return await work(session);
    } finally {
      clearInterval(ticker);
      await folder.remove();
    }
  })();
  const windowStarted = Promise.race([
    begun,
    done.then(() => Promise.reject(new ExpectedError('the load was stopped in its warm-up'))),
  ]);
  // Whoever doesn't wait for them must not crash the process.
  for (const promise of [done, windowStarted]) promise.catch(() => undefined);
  return {
    pids: () => session?.pids() ?? [],
    windowStarted,
    done,
    stop: () => {
      stopped = true;
      session?.stop();
    },
    kill: async () => {
      killed = true;
      await session?.kill();
      await done.catch(() => undefined);
    },
  };
}
