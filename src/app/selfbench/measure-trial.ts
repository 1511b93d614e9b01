import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOCK_TEXT } from '../../../common/mock-text.js';
import { CleanupStack } from '../../lib/cleanup-stack.js';
import { ExpectedError } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import { sleep } from '../../lib/sleep.js';
import { workFolder } from '../../lib/temporary-folder.js';
import type { Engine, LoadRun } from '../../load/engine.js';
import type { LoadResult } from '../../model/load.js';
import { type CpuUse, cpuBetween, readCpu } from './cpu-use.js';
import { type Figures, figuresOf } from './figures.js';
import { delaysWithin, percentileErrors } from './percentile-errors.js';
import { type SelfbenchSettings, type Trial, warmupFor } from './trials.js';
import { type RunningUpstream, SELFBENCH_REQUEST, startUpstream, type UpstreamProgram } from './upstream.js';

/** The same for every engine; far above what an upstream on this machine takes. */
const TIMEOUT_S = 10;
/** CPU is last read a little before the engine's processes begin to collect their results. */
const CPU_MARGIN_MS = 50;

export interface TrialContext {
  engine: Engine;
  upstream: UpstreamProgram;
  /** A free one. */
  port: number;
  settings: SelfbenchSettings;
  signal: AbortSignal;
}

/**
 * Measure one trial: start the upstream, load it, and read the CPU time of both sides.
 * @throws ExpectedError where it can't be measured; the signal's reason where it aborts
 */
export async function measureTrial(trial: Trial, context: TrialContext): Promise<Figures> {
  const { engine, settings, signal, port } = context;
  const cleanups = new CleanupStack();
  try {
    const folder = await workFolder();
    cleanups.add(folder.remove);
    const recordFile = trial.againstTruth ? join(folder.path, 'delays.csv') : null;
    const upstream = await startUpstream(
      context.upstream,
      { port, latency: trial.latency, processes: trial.processes, recordFile, workDir: folder.path },
      SELFBENCH_REQUEST,
      signal,
    );
    cleanups.add(upstream.stop);
    const load = await engine.start(
      {
        ...SELFBENCH_REQUEST,
        origin: upstream.origin,
        stream: false,
        texts: trial.upstream === 'mock' ? [MOCK_TEXT] : null,
        vus: trial.vus,
        warmupS: warmupFor(trial, settings.warmupS),
        durationS: settings.durationS,
        timeoutS: TIMEOUT_S,
      },
      () => {},
    );
    cleanups.add(load.kill);
    const cpuWatch = watchCpu(load, upstream, settings.durationS, signal);
    const result = await untilDone(load, upstream, signal);
    const { cpu, startUs } = await cpuWatch;
    // The record is complete once the mock has ended.
    await upstream.stop();
    const errors =
      recordFile === null || startUs === null
        ? []
        : percentileErrors(
            result.latencyUs,
            delaysWithin(await readFile(recordFile, 'utf8'), {
              fromUs: startUs,
              toUs: startUs + result.windowS * 1e6,
            }),
          );
    return figuresOf(result, cpu, errors);
  } finally {
    await cleanups.run();
  }
}

/** CPU of both sides in the window, and the window's start; nulls where the engine never got there. */
async function watchCpu(
  load: LoadRun,
  upstream: RunningUpstream,
  durationS: number,
  signal: AbortSignal,
): Promise<{ cpu: CpuUse | null; startUs: number | null }> {
  try {
    const startedAtMs = await load.windowStarted;
    const startUs = hrtimeUs() - (runClock.epochMs() - startedAtMs) * 1000;
    const [enginePids, upstreamPids] = [load.pids(), upstream.pids()];
    const from = readCpu(enginePids, upstreamPids);
    await sleep(Math.max(0, startedAtMs + durationS * 1000 - CPU_MARGIN_MS - runClock.epochMs()), signal);
    return { cpu: cpuBetween(from, readCpu(enginePids, upstreamPids)), startUs };
  } catch {
    // Whoever waits for the load reports why it ended early.
    return { cpu: null, startUs: null };
  }
}

async function untilDone(load: LoadRun, upstream: RunningUpstream, signal: AbortSignal): Promise<LoadResult> {
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      load.done,
      upstream.ended.then((tail) => {
        throw new ExpectedError(`the upstream ended under load: ${tail}`);
      }),
      new Promise<never>((_, reject) => {
        onAbort = () => reject(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      }),
    ]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
    load.done.catch(() => {});
    upstream.ended.catch(() => {});
  }
}

/** The clock of the mock's record. */
function hrtimeUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
