import { ExpectedError } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import type { LoadResult } from '../../model/load.js';
import type { LoadBounds } from '../accounting.js';
import type { LoadProgress, LoadRun, LoadSpec } from '../engine.js';
import { mergeOutcomes, type WorkerOutcome } from '../merge.js';
import { monotonicUs } from '../monotonic-clock.js';
import { SecondSeries } from '../second-series.js';
import { StageSeries } from '../stage-series.js';
import type { WorkerSecond } from '../worker-report.js';
import { WorkerProcess } from './worker-process.js';

/** Time for a message to reach every worker, so that all of them begin, or end, at the same moment. */
const LEAD_US = 20_000;

/**
 * Run a load in worker processes of the given program, and merge their counts.
 * @param shares VUs of each worker
 */
export async function startWorkers(
  program: string,
  spec: LoadSpec,
  shares: number[],
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadRun> {
  let onSecond: (second: WorkerSecond) => void = () => undefined;
  const workers = shares.map(() => new WorkerProcess(program, (second) => onSecond(second)));
  try {
    await Promise.all(workers.map((worker) => worker.ready));
  } catch (error) {
    await killAll(workers);
    throw error;
  }
  const beginUs = monotonicUs() + LEAD_US;
  const windowStartUs = beginUs + spec.warmupS * 1e6;
  const bounds: LoadBounds = { beginUs, windowStartUs, windowEndUs: windowStartUs + spec.durationS * 1e6 };
  const stages = new StageSeries(spec.stages ?? [], spec.warmupS);
  const series = new SecondSeries(workers.length, bounds, onProgress, (second, latenciesUs) =>
    stages.add(second, latenciesUs),
  );
  onSecond = (second) => series.add(second);
  let firstVu = 0;
  workers.forEach((worker, index) => {
    const vus = shares[index] ?? 0;
    const share = { worker: index, workers: workers.length };
    worker.send({ type: 'start', spec, vus, firstVu, share, bounds });
    firstVu += vus;
  });
  return runningLoad(workers, bounds, (outcomes) => {
    const result = mergeOutcomes(outcomes, bounds.windowStartUs, series.all(), spec);
    return spec.stages === undefined ? result : { ...result, stages: stages.all() };
  });
}

function runningLoad(
  workers: WorkerProcess[],
  bounds: LoadBounds,
  merge: (outcomes: WorkerOutcome[]) => LoadResult,
): LoadRun {
  let killed = false;
  const done = finished(workers, merge, () => killed);
  const windowStarted = momentOf(bounds.windowStartUs, done);
  // Whoever doesn't wait for them must not crash the process.
  for (const promise of [done, windowStarted]) promise.catch(() => undefined);
  return {
    pids: () => workers.flatMap((worker) => worker.pid ?? []),
    windowStarted,
    done,
    stop: () => {
      const atUs = monotonicUs() + LEAD_US;
      for (const worker of workers) worker.send({ type: 'stop', atUs });
    },
    kill: async () => {
      killed = true;
      await killAll(workers);
      await done.catch(() => undefined);
    },
  };
}

async function finished(
  workers: WorkerProcess[],
  merge: (outcomes: WorkerOutcome[]) => LoadResult,
  wasKilled: () => boolean,
): Promise<LoadResult> {
  try {
    const outcomes = await Promise.all(workers.map((worker) => worker.outcome));
    await Promise.all(workers.map((worker) => worker.leave()));
    return merge(outcomes);
  } catch (error) {
    await killAll(workers);
    throw wasKilled() ? new ExpectedError('the load was ended before its window did') : error;
  }
}

/** Resolves at the window's start with that moment in milliseconds since the epoch; rejects where the load ends before. */
function momentOf(windowStartUs: number, done: Promise<LoadResult>): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => resolve(runClock.epochMs() + (windowStartUs - monotonicUs()) / 1000),
      Math.max(0, Math.ceil((windowStartUs - monotonicUs()) / 1000)),
    );
    const never = (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    };
    done.then(() => never(new ExpectedError('the load was stopped in its warm-up')), never);
  });
}

async function killAll(workers: WorkerProcess[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.kill()));
}
