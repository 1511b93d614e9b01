import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Child, startChild } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { cleanEnvironment } from '../../lib/process-environment.js';
import { readProcessTable } from '../../lib/process-table.js';
import { runClock } from '../../lib/run-clock.js';
import { waitUntil } from '../../lib/sleep.js';
import type { Profile } from '../../model/profile.js';
import { parsePySpy } from '../../profiles/formats/py-spy.js';
import type { ToolProgram } from '../../store/tool-program.js';
import { readCaptured } from '../captured-output.js';
import { type Capture, NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../profiler.js';
import { type RecordLog, readRecordLog, recordArguments } from './record.js';

const NAME = 'py-spy';
/** It reads every library of the process first. */
const START_MS = 30_000;
/** From SIGINT to a complete file. */
const END_MS = 30_000;

/** What a sample is, given `--gil` and `--native`. */
const CAVEATS = [
  'Only threads that hold the interpreter lock are sampled (--gil), at regular intervals: waiting, and system calls and ' +
    'C code that release the lock, are missing; waiting for a CPU while holding it is included. Without --gil, idle ' +
    'pool threads would count as busy.',
  'py-spy pauses the process for each sample, which costs throughput.',
  'No kernel frames: kernel time counts for the function that made the system call.',
];
const WITHOUT_NATIVE =
  'This py-spy shows no native frames: C code is billed to the Python function that called it, and garbage collection ' +
  'to whichever function was running.';

/**
 * Samples Python's stacks from outside the process.
 * @param findProgram finds the py-spy of this machine; null if there is none
 */
export function pySpyProfiler(findProgram: () => ToolProgram | null): Profiler {
  return {
    name: NAME,
    title: 'py-spy: Python functions, native extensions and garbage collection',

    async unavailable(spec) {
      if (spec !== null && spec.native !== NAME) {
        return { reason: 'it is not a Python program', hint: 'use perf' };
      }
      if (findProgram() === null) return { reason: 'py-spy is not installed', hint: 'gatebench setup py-spy' };
      if (!(await mayTrace())) {
        return { reason: 'py-spy may not read other processes', hint: 'run as root, or with CAP_SYS_PTRACE' };
      }
      return null;
    },

    launch: async (spec) => ({ ...NO_LAUNCH_CHANGE, environment: spec.environment }),

    async start(target) {
      const program = findProgram();
      if (program === null) throw new ExpectedError('py-spy is not installed', 'gatebench setup py-spy');
      const [pid, ...others] = topmost(target.pids().filter(isPython));
      if (pid === undefined) {
        throw new ExpectedError(
          `none of the processes ${target.pids().join(', ')} runs Python`,
          'use perf, which profiles any process',
        );
      }
      return startRecord(program, pid, others, target);
    },
  };
}

/** @param others Python processes that the first one didn't start, which aren't sampled */
async function startRecord(
  program: ToolProgram,
  pid: number,
  others: readonly number[],
  target: ProfileTarget,
): Promise<Capture> {
  const file = join(target.outDir, 'py-spy.raw');
  const logFile = join(target.outDir, 'py-spy.log');
  const { args, native, seconds } = await recordArguments(program, { pid, file, ...target });
  const startedAt = runClock.now();
  const child = await startChild({
    command: program.path,
    args,
    cwd: target.outDir,
    environment: cleanEnvironment(target.outDir, program.environment),
    logFile,
  });
  const kill = async () => void (await child.stop({ signal: 'SIGKILL', graceMs: 0 }));
  try {
    await awaitSampling(child, logFile, target.signal);
  } catch (error) {
    await kill();
    throw error;
  }
  const beganMs = performance.now();
  let durationS = 0;
  let log: RecordLog | null = null;

  return {
    async end() {
      const elapsedS = (performance.now() - beganMs) / 1000;
      durationS = Math.min(seconds, elapsedS);
      await child.stop({ signal: 'SIGINT', graceMs: END_MS });
      const exit = child.exit();
      // SIGINT stops it, and it exits with 0.
      if (exit?.exitCode !== 0)
        throw await failure(child, `ended with ${exit?.signal ?? `exit code ${exit?.exitCode}`}`);
      log = readRecordLog(await readFile(logFile, 'utf8'));
    },

    async collect(): Promise<Profile> {
      if (log === null) throw new Error('collect() was called before end()');
      const text = await readFile(file, 'utf8');
      const profile = readCaptured(file, () => parsePySpy(text, 'Python', target.rateHz));
      if (profile.stacks.length === 0) {
        throw new ExpectedError('py-spy saw no thread running Python', 'profile it under load');
      }
      return {
        ...profile,
        meta: {
          ...profile.meta,
          profiler: NAME,
          tool: `py-spy ${program.version}`,
          command: ['py-spy', ...args].join(' '),
          event: 'holding the GIL',
          startedAt,
          durationS,
          lost: log.errors,
          caveats: [
            ...CAVEATS,
            ...(native ? [] : [WITHOUT_NATIVE]),
            ...(others.length > 0
              ? [`${others.length} Python processes that process ${pid} did not start are missing.`]
              : []),
            ...log.caveats,
            ...profile.meta.caveats,
          ],
        },
      };
    },

    kill,
  };
}

/** Resolves when it samples. @throws ExpectedError if it ends before that, or doesn't start sampling */
async function awaitSampling(child: Child, logFile: string, signal: AbortSignal): Promise<void> {
  let log: RecordLog | null = null;
  const decided = await waitUntil(
    async () => {
      log = readRecordLog(await readFile(logFile, 'utf8').catch(() => ''));
      return log.samples || child.exit() !== null;
    },
    START_MS,
    signal,
  );
  if (!decided) throw await failure(child, `did not start sampling within ${START_MS / 1000} s`);
  if (child.exit() !== null && child.exit()?.exitCode !== 0) throw await failure(child, 'could not start sampling');
}

async function failure(child: Child, what: string): Promise<ExpectedError> {
  const said = (await child.logTail(5)).filter((line) => line.trim() !== '').join(' ');
  const denied = /permission denied|Operation not permitted/i.test(said);
  return new ExpectedError(
    `py-spy ${what}${said === '' ? '' : `: ${said}`}`,
    denied
      ? 'run as root, or with CAP_SYS_PTRACE'
      : 'check with `py-spy dump --pid PID` whether py-spy supports this Python',
  );
}

const CAP_SYS_PTRACE = 19n;

/** Whether this process is root or has the capability: CapEff of proc(5). */
async function mayTrace(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  // Not Linux: py-spy will tell.
  return effective === undefined || ((BigInt(`0x${effective}`) >> CAP_SYS_PTRACE) & 1n) === 1n;
}

const INTERPRETER = /^(?:python|pypy)[\d.]*$/;
const LIBRARY = /\/libpython\d[^/]*\.so/;

/** Whether a process runs CPython, by its program or by a library. */
function isPython(pid: number): boolean {
  try {
    if (INTERPRETER.test(basename(readlinkSync(`/proc/${pid}/exe`)))) return true;
    return LIBRARY.test(readFileSync(`/proc/${pid}/maps`, 'latin1'));
  } catch {
    // It is gone, or not ours to read.
    return false;
  }
}

/** Processes that none of the others started: `--subprocesses` covers the rest. */
export function topmost(pids: readonly number[], table = readProcessTable()): number[] {
  const parents = new Map(table.map(({ pid, parentPid }) => [pid, parentPid]));
  return pids.filter((pid) => !pids.includes(parents.get(pid) ?? -1));
}
