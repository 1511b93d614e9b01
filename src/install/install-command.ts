import { basename } from 'node:path';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { type InstallContext, throwIfInterrupted } from './installer.js';

/** Last lines of a failed command to show in the error; the log has them all. */
const MAX_LINES_SHOWN = 6;
/** From SIGTERM to SIGKILL. */
const KILL_AFTER_MS = 3_000;
/** Builds and big downloads take minutes on a slow machine. */
const TIMEOUT_S = 1_800;

export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment, so that the user's registry and proxy settings apply. */
  environment?: Record<string, string>;
  /** Seconds until the command counts as hung. */
  timeoutS?: number;
  /** The error's hint where the command fails. */
  hint?: string;
}

/** The result of a command. `failure` is set where it couldn't be run, failed or hung. */
export interface CommandResult {
  /** stdout and stderr together. */
  output: string;
  failure?: ExpectedError;
}

/**
 * Run a command of an installation, and log its output line by line.
 * @returns stdout and stderr together
 * @throws ExpectedError where it can't be run, fails or hangs; InterruptedError where the signal aborted
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
 * {@link runInstallCommand} that returns a failure instead of throwing it.
 * The command leads a process group of its own, so that stopping it also stops the compilers and downloads below it.
 * @throws InterruptedError where the signal aborted
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
    // The result below reports the failure, with more detail.
  }
  const result = await child;
  clearTimeout(timer);
  context.signal.removeEventListener('abort', stop);
  throwIfInterrupted(context.signal);
  const output = lines.join('\n');
  const how = describeFailure(program, result, hung ? timeoutS : undefined);
  if (how === undefined) return { output };
  const message = [`"${abbreviateCommand(program, args)}" ${how}`, ...lines.slice(-MAX_LINES_SHOWN)].join('\n');
  return { output, failure: new ExpectedError(message, options.hint ?? hintFor(program, result)) };
}

/** `apt-get install`, `python pip install`: the command without paths and options, which are in the log. */
function abbreviateCommand(program: string, args: string[]): string {
  const words = args.filter((word) => /^[a-z][a-z-]*$/.test(word)).slice(0, 2);
  return [basename(program), ...words].join(' ');
}

interface CommandEnd {
  failed: boolean;
  code?: string | undefined;
  exitCode?: number | undefined;
  signal?: string | undefined;
}

function describeFailure(program: string, ended: CommandEnd, hungForS: number | undefined): string | undefined {
  if (hungForS !== undefined) return `was still running after ${hungForS} s`;
  if (ended.code === 'ENOENT') return `can't be run: there is no ${program}`;
  if (!ended.failed) return undefined;
  return ended.exitCode === undefined ? `failed: ${ended.signal ?? ended.code}` : `failed: exit code ${ended.exitCode}`;
}

function hintFor(program: string, ended: CommandEnd): string | undefined {
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
    // It has exited already.
  }
}
