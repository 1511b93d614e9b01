import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { forget, killTree, remember } from '../../lib/child-registry.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import { sleep } from '../../lib/sleep.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import type { ProfileTarget } from '../profiler.js';
import { ControlChannel } from './control-channel.js';
import { PERF, PERF_ENVIRONMENT, perfComplaint } from './perf-program.js';

export interface RecordingPlan {
  pids: readonly number[];
  /** perf's options for events, rate and call graphs. */
  what: readonly string[];
  /** Other options, which a reader of the profile doesn't need to know. */
  options: readonly string[];
  /** For perf.data. */
  folder: string;
  /** perf's output, for error messages. */
  logFile: string;
  signal: AbortSignal;
}

/** A running `perf record`. */
interface Recording {
  /** As typed on a command line. */
  command: string;
  startedAt: string;
  /** Stops sampling and lets perf finish its file. @returns how long it sampled, seconds. @throws ExpectedError */
  stop(): Promise<number>;
  /** Sends SIGKILL. May be called at any time. */
  kill(): Promise<void>;
}

export const DATA_FILE = 'perf.data';

/** perf reads the maps of every thread first, which takes a while for a big process on a busy machine. */
const START_MS = 30_000;
/** For writing out its buffers. */
const STOP_MS = 60_000;

/** The processes ended before perf attached to them. */
class GoneError extends ExpectedError {}

/**
 * Attaches perf to processes, all their threads, and whatever they start later (inherited events). Resolves when perf
 * acknowledges that it samples: it starts with events disabled and is told to enable them.
 * @throws GoneError; ExpectedError with perf's reason
 */
async function startRecording(plan: RecordingPlan): Promise<Recording> {
  const target = ['-p', plan.pids.join(',')];
  // -B and -N: no build ids, and no copies of binaries in ~/.debug. Symbols are read right after the capture.
  const args = ['record', ...plan.what, ...plan.options, ...target, '-B', '-N', '-o', DATA_FILE];
  const log = openSync(plan.logFile, 'w');
  // perf reads commands from descriptor 3 and acknowledges them on 4.
  const child = spawn(PERF, [...args, '-D', '-1', '--control', 'fd:3,4'], {
    cwd: plan.folder,
    env: { ...process.env, ...PERF_ENVIRONMENT },
    detached: true,
    stdio: ['ignore', log, log, 'pipe', 'pipe'],
  });
  closeSync(log);
  if (child.pid === undefined) {
    const [error] = await once(child, 'error');
    throw new ExpectedError(`can't start perf: ${messageOf(error)}`, 'apt-get install linux-perf');
  }
  const { pid } = child;
  remember(pid);
  child.on('error', () => {});
  const exited = exitOf(child).finally(() => forget(pid));
  const control = new ControlChannel(child);
  const kill = async () => {
    killTree(pid);
    await exited;
  };
  const startedMs = await (async () => {
    try {
      const enabled = await control.send('enable', exited, START_MS, plan.signal);
      if (!enabled) throw await failure(plan.logFile, 'perf could not attach');
      return performance.now();
    } catch (error) {
      await kill();
      await rm(join(plan.folder, DATA_FILE), { force: true });
      throw error;
    }
  })();
  return {
    command: [PERF, 'record', ...plan.what, ...target].join(' '),
    startedAt: runClock.now(),
    kill,
    async stop() {
      // perf ends by itself if all processes have ended; what it recorded until then is valid.
      await control.send('disable', exited, STOP_MS);
      const durationS = (performance.now() - startedMs) / 1000;
      child.kill('SIGINT');
      if (!(await endsWithin(STOP_MS, exited))) {
        await kill();
        throw new ExpectedError(`perf did not end within ${STOP_MS / 1000} s`, `see ${plan.logFile}`);
      }
      if (!endedCleanly(child)) {
        throw await failure(plan.logFile, 'perf record failed');
      }
      return durationS;
    },
  };
}

/**
 * SIGINT stops perf, and at `--max-size` it sends itself SIGTERM. After either it finishes its file and ends by the
 * signal, or with 128 plus its number as exit code.
 */
function endedCleanly({ exitCode, signalCode }: ChildProcess): boolean {
  if (exitCode === null) return signalCode === 'SIGINT' || signalCode === 'SIGTERM';
  return [0, 128 + constants.signals.SIGINT, 128 + constants.signals.SIGTERM].includes(exitCode);
}

/** Options for samples by the CPU clock, the one event that every machine has. */
export function cpuSamples(
  rateHz: number,
  callGraph: ProfilerSpec['callGraph'],
): Pick<RecordingPlan, 'what' | 'options'> {
  return {
    what: ['-e', 'cpu-clock', '-F', String(rateHz), '--call-graph', callGraphOption(callGraph)],
    options: bufferOption(callGraph),
  };
}

/** How much of the stack dwarf copies per sample: CPython's deep stacks need more than perf's default of 8 KB. */
function callGraphOption(callGraph: ProfilerSpec['callGraph']): string {
  return callGraph === 'dwarf' ? 'dwarf,16384' : 'fp';
}

/** At 16 KB a sample, perf's default of half a megabyte holds 32. Ordinary users may not lock more than that. */
function bufferOption(callGraph: ProfilerSpec['callGraph']): string[] {
  return callGraph === 'dwarf' && process.getuid?.() === 0 ? ['-m', '4M'] : [];
}

async function endsWithin(timeoutMs: number, exited: Promise<void>): Promise<boolean> {
  const stopWaiting = new AbortController();
  const late = sleep(timeoutMs, stopWaiting.signal).then(() => false);
  // It rejects once nobody waits any more.
  late.catch(() => {});
  try {
    return await Promise.race([exited.then(() => true), late]);
  } finally {
    stopWaiting.abort();
  }
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function failure(logFile: string, what: string): Promise<ExpectedError> {
  const said = await readFile(logFile, 'utf8').catch(() => '');
  const message = `${what}: ${perfComplaint(said)}`;
  if (/No such process/.test(said)) return new GoneError(message, 'profile processes that run longer than the capture');
  const denied = /limited|Permission denied|not permitted|EACCES|EPERM/i.test(said);
  return new ExpectedError(message, denied ? 'run as root, or with CAP_PERFMON and CAP_SYS_PTRACE' : `see ${logFile}`);
}

/** Processes come and go while perf attaches. */
const MAX_ATTEMPTS = 3;

/**
 * Starts a recording of a target's processes. perf samples what they fork once it has attached, but not what they fork
 * before that. So the processes are listed again afterwards, and perf is restarted if there are new ones.
 * @returns `missed`: processes that started too late for the last attempt
 */
export async function attach(
  target: ProfileTarget,
  recorded: Pick<RecordingPlan, 'what' | 'options'>,
  logFile: string,
): Promise<{ recording: Recording; pids: number[]; missed: number[] }> {
  const { outDir, signal } = target;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const pids = target.pids();
    if (pids.length === 0) throw new ExpectedError('there is no process to profile', 'check that it is still running');
    try {
      const plan = { ...recorded, pids, folder: outDir, logFile, signal };
      const recording = await startRecording(plan);
      const missed = target.pids().filter((pid) => !pids.includes(pid));
      if (missed.length === 0 || attempt >= MAX_ATTEMPTS) return { recording, pids: [...pids, ...missed], missed };
      await recording.kill();
    } catch (error) {
      if (!(error instanceof GoneError) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}
