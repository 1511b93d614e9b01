import { execa } from 'execa';
import { ExpectedError, InterruptedError } from '../../lib/errors.js';
import type { InstallContext } from './installer.js';

/** How many of a failed command's last lines go into the message; the log has them all. */
const LINES_TOLD = 6;
/** Between the polite signal and the last one. */
const KILL_AFTER_MS = 3_000;

export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment: the user's own registry and proxy settings stay in force. */
  environment?: Record<string, string>;
  /** Seconds until it counts as hanging. Builds and big downloads take minutes on a slow machine. */
  timeoutS?: number;
  /** Told instead of the command's own last line where it fails. */
  nextStep?: string;
}

/**
 * Run a program of an installation, its output to the log, a line at a time.
 * It leads a process group of its own, so that stopping it stops the compilers and downloads below it too.
 * @returns what it printed, stdout and stderr together
 * @throws ExpectedError where it can't be run, fails or hangs; InterruptedError where the signal fired
 */
export async function runInstallCommand(
  command: readonly [string, ...string[]],
  context: Pick<InstallContext, 'log' | 'signal'>,
  options: CommandOptions = {},
): Promise<string> {
  const [program, ...args] = command;
  const timeoutS = options.timeoutS ?? 1_800;
  context.signal.throwIfAborted();
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
  if (context.signal.aborted) throw new InterruptedError();
  const name = command.slice(0, 3).join(' ');
  const tail = lines.slice(-LINES_TOLD).join('\n');
  if (hung) throw new ExpectedError(`"${name}" was still running after ${timeoutS} s\n${tail}`, options.nextStep);
  if (result.code === 'ENOENT')
    throw new ExpectedError(`${program} is not on PATH`, options.nextStep ?? `install ${program}`);
  if (result.failed) {
    const how = result.exitCode === undefined ? result.shortMessage : `exit code ${result.exitCode}`;
    throw new ExpectedError(`"${name}" failed: ${how}${tail === '' ? '' : `\n${tail}`}`, options.nextStep);
  }
  return lines.join('\n');
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
