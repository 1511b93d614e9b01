import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CleanupStack } from '../../lib/cleanup-stack.js';
import { ExpectedError } from '../../lib/errors.js';
import { sleep } from '../../lib/sleep.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import type { Engine, LoadRun } from '../../load/engine.js';
import type { LoadResult } from '../../model/load.js';
import { type CpuUse, cpuBetween, readCpu } from './cpu-use.js';
import { type Figures, figuresOf } from './figures.js';
import { percentileErrors } from './percentile-error.js';
import { warmupOf } from './plan-trials.js';
import { SELFBENCH_REQUEST } from './request.js';
import type { SelfbenchSettings } from './result.js';
import type { Trial } from './trial.js';
import { delaysGivenWithin } from './true-delays.js';
import { type RunningUpstream, startUpstream, type UpstreamProgram } from './upstream.js';

/** For every engine alike; far above what an upstream on this machine takes. */
const TIMEOUT_S = 10;
/** The last CPU reading is taken a little before the engine's processes begin to put their results together. */
const CPU_MARGIN_MS = 50;

export interface TrialRig {
  engine: Engine;
  upstream: UpstreamProgram;
  /** A free one. */
  port: number;
  settings: SelfbenchSettings;
  signal: AbortSignal;
}

/**
 * Take one measurement: start the upstream, load it, and read the CPU of both sides meanwhile.
 * @throws ExpectedError where it could not be taken; the signal's reason where it aborts
 */
export async function runTrial(trial: Trial, rig: TrialRig): Promise<Figures> {
  const { engine, settings, signal, port } = rig;
  const cleanups = new CleanupStack();
  try {
    const folder = await temporaryFolder();
    cleanups.add(folder.remove);
    const recordFile = trial.againstTruth ? join(folder.path, 'delays.csv') : null;
    const upstream = await startUpstream(
      rig.upstream,
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
        vus: trial.vus,
        warmupS: warmupOf(trial, settings.warmupS),
        durationS: settings.durationS,
        timeoutS: TIMEOUT_S,
      },
      () => {},
    );
    cleanups.add(load.kill);
    const watched = watchCpu(load, upstream, settings.durationS, signal);
    const result = await untilDone(load, upstream, signal);
    const { cpu, startUs } = await watched;
    // The record is whole when the mock has ended.
    await upstream.stop();
    const errors =
      recordFile === null || startUs === null
        ? []
        : percentileErrors(
            result.latencyUs,
            delaysGivenWithin(await readFile(recordFile, 'utf8'), {
              fromUs: startUs,
              toUs: startUs + result.windowS * 1e6,
            }),
          );
    return figuresOf(result, cpu, errors);
  } finally {
    await cleanups.run();
  }
}

/** CPU of both sides in the window, and when it began; nulls where the engine never got there. */
async function watchCpu(
  load: LoadRun,
  upstream: RunningUpstream,
  durationS: number,
  signal: AbortSignal,
): Promise<{ cpu: CpuUse | null; startUs: number | null }> {
  try {
    const startedAtMs = await load.windowStarted;
    const startUs = hrtimeUs() - (Date.now() - startedAtMs) * 1000;
    const [enginePids, upstreamPids] = [load.pids(), upstream.pids()];
    const from = readCpu(enginePids, upstreamPids);
    await sleep(Math.max(0, startedAtMs + durationS * 1000 - CPU_MARGIN_MS - Date.now()), signal);
    return { cpu: cpuBetween(from, readCpu(enginePids, upstreamPids)), startUs };
  } catch {
    // What ended the load early is told by whoever waits for the load.
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

/** The clock that the mock's record is on. */
function hrtimeUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
