import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { forget, killTree, remember } from '../../lib/child-registry.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { sleep } from '../../lib/sleep.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import { ControlChannel } from './control-channel.js';
import { PERF, PERF_ENVIRONMENT, perfComplaint } from './perf-program.js';

export interface RecordingPlan {
  pids: readonly number[];
  /** Which events, how many of them, and how stacks are walked: perf's own options. */
  what: readonly string[];
  /** Further options, of which a reader of the profile needs to know nothing. */
  options: readonly string[];
  /** perf.data is written here. */
  folder: string;
  /** What perf says; for failures. */
  logFile: string;
  signal: AbortSignal;
}

/** A `perf record` that samples. */
export interface Recording {
  /** As a person would type it. */
  command: string;
  startedAt: string;
  /** Stop sampling and let perf finish its file. @returns how long it sampled, seconds. @throws ExpectedError */
  stop(): Promise<number>;
  /** SIGKILL. Safe at any time. */
  kill(): Promise<void>;
}

export const DATA_FILE = 'perf.data';

/** perf reads the maps of every thread before it samples; a big process on a busy machine takes its time. */
const START_MS = 30_000;
/** To write out its buffers. */
const STOP_MS = 60_000;

/** The processes that were to be sampled ended before perf had attached to them. */
export class GoneError extends ExpectedError {}

/**
 * Attach perf to processes and all their threads; what they start later is sampled too (inherited events). Resolves
 * once perf says that it samples: it starts with its events off and is told to switch them on.
 * @throws GoneError; ExpectedError with perf's own reason
 */
export async function startRecording(plan: RecordingPlan): Promise<Recording> {
  const target = ['-p', plan.pids.join(',')];
  // -B and -N: no build ids, and no copies of every binary in ~/.debug. Symbols are read right after the capture.
  const args = ['record', ...plan.what, ...plan.options, ...target, '-B', '-N', '-o', DATA_FILE];
  const log = openSync(plan.logFile, 'w');
  // Descriptors 3 and 4: perf takes commands from the first and answers on the second.
  const child = spawn(PERF, [...args, '-D', '-1', '--control', 'fd:3,4'], {
    cwd: plan.folder,
    env: { ...process.env, ...PERF_ENVIRONMENT },
    detached: true,
    stdio: ['ignore', log, log, 'pipe', 'pipe'],
  });
  closeSync(log);
  if (child.pid === undefined) {
    const [error] = await once(child, 'error');
    throw new ExpectedError(`perf could not be started: ${messageOf(error)}`, 'apt-get install linux-perf');
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
      const enabled = await control.writeStatus('enable', exited, START_MS, plan.signal);
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
    startedAt: new Date().toISOString(),
    kill,
    async stop() {
      // perf ends by itself where all that it watched has ended; what it has until then is good.
      await control.writeStatus('disable', exited, STOP_MS);
      const durationS = (performance.now() - startedMs) / 1000;
      child.kill('SIGINT');
      if (!(await endsWithin(STOP_MS, exited))) {
        await kill();
        throw new ExpectedError(`perf did not end within ${STOP_MS / 1000} s`, `see ${plan.logFile}`);
      }
      if (!endedInOrder(child)) {
        throw await failure(plan.logFile, 'perf record failed');
      }
      return durationS;
    },
  };
}

/**
 * SIGINT is how perf is told that it is enough, and SIGTERM how it tells itself at `--max-size`: it finishes its file
 * on either, and then ends by the signal, or with 128 and its number as exit code.
 */
function endedInOrder({ exitCode, signalCode }: ChildProcess): boolean {
  if (exitCode === null) return signalCode === 'SIGINT' || signalCode === 'SIGTERM';
  return [0, 128 + constants.signals.SIGINT, 128 + constants.signals.SIGTERM].includes(exitCode);
}

/** Samples by the CPU clock: the one event that every machine has. */
export function cpuSamples(
  rateHz: number,
  callGraph: ProfilerSpec['callGraph'],
): Pick<RecordingPlan, 'what' | 'options'> {
  return {
    what: ['-e', 'cpu-clock', '-F', String(rateHz), '--call-graph', callGraphOption(callGraph)],
    options: bufferOption(callGraph),
  };
}

/** How much of the stack dwarf copies a sample: CPython's deep ones need more than perf's 8 KB. */
function callGraphOption(callGraph: ProfilerSpec['callGraph']): string {
  return callGraph === 'dwarf' ? 'dwarf,16384' : 'fp';
}

/** 16 KB a sample fill perf's usual half megabyte in 32 samples. Ordinary users may lock no more than that. */
function bufferOption(callGraph: ProfilerSpec['callGraph']): string[] {
  return callGraph === 'dwarf' && process.getuid?.() === 0 ? ['-m', '4M'] : [];
}

async function endsWithin(timeoutMs: number, exited: Promise<void>): Promise<boolean> {
  const stopWaiting = new AbortController();
  const late = sleep(timeoutMs, stopWaiting.signal).then(() => false);
  // Rejected when the waiting stops, by which nobody listens any more.
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
  if (/No such process/.test(said)) return new GoneError(message, 'profile processes that live as long as the capture');
  const denied = /limited|Permission denied|not permitted|EACCES|EPERM/i.test(said);
  return new ExpectedError(message, denied ? 'run as root, or with CAP_PERFMON and CAP_SYS_PTRACE' : `see ${logFile}`);
}
