import { basename } from 'node:path';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import type { InstallContext } from './installer.js';
import { throwIfInterrupted } from './interruption.js';

/** How many of a failed command's last lines go into the message; the log has them all. */
const LINES_TOLD = 6;
/** Between the polite signal and the last one. */
const KILL_AFTER_MS = 3_000;
/** Builds and big downloads take minutes on a slow machine. */
const TIMEOUT_S = 1_800;

export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment: the user's own registry and proxy settings stay in force. */
  environment?: Record<string, string>;
  /** Seconds until it counts as hanging. */
  timeoutS?: number;
  /** Told instead of the command's own last line where it fails. */
  hint?: string;
}

/** What came of a command: `failure` is there where it couldn't be run, failed or hung. */
export interface CommandResult {
  /** stdout and stderr together. */
  output: string;
  failure?: ExpectedError;
}

/**
 * Run a program of an installation, its output to the log, a line at a time.
 * @returns what it printed, stdout and stderr together
 * @throws ExpectedError where it can't be run, fails or hangs; InterruptedError where the signal fired
 */
export async function runInstallCommand(
  command: readonly [string, ...string[]],
  context: Pick<InstallContext, 'log' | 'signal'>,
  options: CommandOptions = {},
): Promise<string> {
  const { output, failure } = await tryInstallCommand(command, context, options);
  if (failure !== undefined) throw failure;
  return output;
}

/**
 * The same where a failure is an answer too.
 * The program leads a process group of its own, so that stopping it stops the compilers and downloads below it.
 * @throws InterruptedError where the signal fired
 */
export async function tryInstallCommand(
  command: readonly [string, ...string[]],
  context: Pick<InstallContext, 'log' | 'signal'>,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const [program, ...args] = command;
  const timeoutS = options.timeoutS ?? TIMEOUT_S;
  throwIfInterrupted(context.signal);
  context.log(`$ ${command.join(' ')}`);
  const child = execa(program, args, {
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    stdin: 'ignore',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.environment === undefined ? {} : { env: options.environment }),
  });
  let hung = false;
  const stop = () => stopGroup(child.pid);
  const timer = setTimeout(() => {
    hung = true;
    stop();
  }, timeoutS * 1_000);
  context.signal.addEventListener('abort', stop, { once: true });
  const lines: string[] = [];
  try {
    for await (const line of child.iterable({ from: 'all' })) {
      lines.push(line);
      context.log(line);
    }
  } catch {
    // The command's failure; its result below says the same with more in it.
  }
  const result = await child;
  clearTimeout(timer);
  context.signal.removeEventListener('abort', stop);
  throwIfInterrupted(context.signal);
  const output = lines.join('\n');
  const how = howItFailed(program, result, hung ? timeoutS : undefined);
  if (how === undefined) return { output };
  const message = [`"${shortName(program, args)}" ${how}`, ...lines.slice(-LINES_TOLD)].join('\n');
  return { output, failure: new ExpectedError(message, options.hint ?? nextStepFor(program, result)) };
}

/** `apt-get install`, `python pip install`: the command without its paths and options, which are in the log. */
function shortName(program: string, args: string[]): string {
  const words = args.filter((word) => /^[a-z][a-z-]*$/.test(word)).slice(0, 2);
  return [basename(program), ...words].join(' ');
}

interface Ended {
  failed: boolean;
  code?: string | undefined;
  exitCode?: number | undefined;
  signal?: string | undefined;
}

function howItFailed(program: string, ended: Ended, hungForS: number | undefined): string | undefined {
  if (hungForS !== undefined) return `was still running after ${hungForS} s`;
  if (ended.code === 'ENOENT') return `can't be run: there is no ${program}`;
  if (!ended.failed) return undefined;
  return ended.exitCode === undefined ? `failed: ${ended.signal ?? ended.code}` : `failed: exit code ${ended.exitCode}`;
}

function nextStepFor(program: string, ended: Ended): string | undefined {
  return ended.code === 'ENOENT' ? `install ${program}, or put it on PATH` : undefined;
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}
