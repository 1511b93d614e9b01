import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { cleanEnvironment } from '../../lib/process-environment.js';
import { waitUntil } from '../../lib/sleep.js';
import type { Profile } from '../../model/profile.js';
import { parsePySpy } from '../../profiles/formats/py-spy.js';
import type { ToolProgram } from '../../store/tool-program.js';
import { readCaptured } from '../captured-output.js';
import { type Capture, NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../profiler.js';
import { isPython, topmost } from './python-process.js';
import { type RecordLog, readRecordLog, recordArguments } from './record.js';

const NAME = 'py-spy';
/** It looks at every library of the process first. */
const START_MS = 30_000;
/** From SIGINT to a whole file. */
const END_MS = 30_000;

/** What is known of the choice of `--gil` and `--native`, so that a reader knows what a sample is. */
const CAVEATS = [
  'Samples are of threads that hold the interpreter lock (--gil), at equal distances in time: what runs without it ' +
    'is not seen (waiting, and system calls and C code that release it); waiting for a CPU with it is. Without --gil, idle threads of pools count as busy.',
  'py-spy stops the process for each sample, which costs it throughput.',
  'No kernel frames: time in the kernel stands at the function that made the call.',
];
const WITHOUT_NATIVE =
  'This py-spy shows no native frames: what C code does is billed to the Python function that called it, and a ' +
  'garbage collection to whichever function was running.';

/**
 * Python's stacks, read from outside the process.
 * @param findProgram the py-spy of this machine; null where there is none
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
          'py-spy knows Python only; perf takes any process',
        );
      }
      return startRecord(program, pid, others, target);
    },
  };
}

/** @param others Python processes that the first one didn't start, which are not seen */
async function startRecord(
  program: ToolProgram,
  pid: number,
  others: readonly number[],
  target: ProfileTarget,
): Promise<Capture> {
  const file = join(target.outDir, 'py-spy.raw');
  const logFile = join(target.outDir, 'py-spy.log');
  const { args, native, seconds } = await recordArguments(program, { pid, file, ...target });
  const startedAt = new Date().toISOString();
  const child = await startChild({
    command: program.path,
    args,
    cwd: target.outDir,
    environment: cleanEnvironment(target.outDir, program.environment),
    logFile,
  });
  const kill = async () => void (await child.stop({ signal: 'SIGKILL', graceMs: 0 }));
  try {
    await sampling(child, logFile, target.signal);
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
      // SIGINT is how it is told that it is enough, and it says 0 then.
      if (exit?.exitCode !== 0)
        throw await failure(child, `ended with ${exit?.signal ?? `exit code ${exit?.exitCode}`}`);
      log = readRecordLog(await readFile(logFile, 'utf8'));
    },

    async collect(): Promise<Profile> {
      if (log === null) throw new Error('collect() was called before end()');
      const text = await readFile(file, 'utf8');
      const profile = readCaptured(file, () => parsePySpy(text, 'Python', target.rateHz));
      if (profile.stacks.length === 0) {
        throw new ExpectedError('py-spy saw no thread run Python', 'profile it under load');
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
              ? [`${others.length} Python processes that process ${pid} did not start are not in it.`]
              : []),
            ...log.caveats,
          ],
        },
      };
    },

    kill,
  };
}

/** Resolves once it samples. @throws ExpectedError where it ends before, or never gets there */
async function sampling(child: Child, logFile: string, signal: AbortSignal): Promise<void> {
  let log: RecordLog | null = null;
  const decided = await waitUntil(
    async () => {
      log = readRecordLog(await readFile(logFile, 'utf8').catch(() => ''));
      return log.samples || child.exit() !== null;
    },
    START_MS,
    signal,
  );
  if (!decided) throw await failure(child, `did not begin to sample within ${START_MS / 1000} s`);
  if (child.exit() !== null && child.exit()?.exitCode !== 0) throw await failure(child, 'could not begin to sample');
}

async function failure(child: Child, what: string): Promise<ExpectedError> {
  const said = (await child.logTail(5)).filter((line) => line.trim() !== '').join(' ');
  const denied = /permission denied|Operation not permitted/i.test(said);
  return new ExpectedError(
    `py-spy ${what}${said === '' ? '' : `: ${said}`}`,
    denied
      ? 'run as root, or with CAP_SYS_PTRACE'
      : 'is it a Python that this py-spy knows? `py-spy dump --pid PID` tells',
  );
}

const CAP_SYS_PTRACE = 19n;

/** Root, or the capability: /proc/PID/status has the effective set as hex (proc(5)). */
async function mayTrace(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  // Another system than Linux: it will say itself what it may.
  return effective === undefined || ((BigInt(`0x${effective}`) >> CAP_SYS_PTRACE) & 1n) === 1n;
}
