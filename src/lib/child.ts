import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { forget, remember, rememberEnder } from './child-registry.js';
import { ExpectedError, messageOf } from './errors.js';
import { killPids, OwnedProcesses } from './owned-processes.js';
import { waitUntil } from './sleep.js';

const KILL_TIMEOUT_MS = 5_000;

export interface ChildSpec {
  command: string;
  args: string[];
  cwd: string;
  /** The whole environment of the child. */
  environment: Record<string, string>;
  /** stdout and stderr go here, appended. */
  logFile: string;
  /** Open an IPC channel (Node children only). */
  ipc?: boolean;
  /** Of the files it makes; this process's own where absent. */
  umask?: number;
  /** Whom it runs as, where this process may choose; this process's own user where absent. */
  user?: { uid: number; gid: number } | undefined;
  /** Also keep its processes in a control group, where one can be made: what isn't ours may do anything. */
  grouped?: boolean;
}

export interface ChildExit {
  exitCode: number | null;
  signal: string | null;
}

/** A long-lived child process, the leader of its own session, and marked: all that it starts can be found and killed. */
export interface Child {
  readonly pid: number;
  /** Just before its program was executed, by `performance.now()`. */
  readonly startedAtMs: number;
  /** Resolves when the main process ends, for whatever reason. */
  readonly exited: Promise<ChildExit>;
  /** Null while the main process lives. */
  exit(): ChildExit | null;
  /** Living processes of the tree, and those that left it. The main one comes first. */
  pids(): number[];
  logTail(lines?: number): Promise<string[]>;
  /** Messages from the IPC channel. */
  onMessage(listener: (message: unknown) => void): void;
  /**
   * Ask the main process to end, then kill what is left of the tree.
   * @returns false where it had to be killed
   */
  stop(how: { signal: NodeJS.Signals; graceMs: number; instead?: () => Promise<void> }): Promise<boolean>;
}

/** Start a detached child. @throws ExpectedError where the program can't be started at all */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const log = openSync(spec.logFile, 'a');
  // node:child_process rather than execa: the log is handed over as a descriptor. A pipe would cost the harness CPU
  // for every line, and would block the gateway when it fills.
  const owned = new OwnedProcesses(spec.grouped ?? false);
  let startedAtMs = performance.now();
  const subprocess = withUmask(spec.umask, () =>
    owned.start(() => {
      startedAtMs = performance.now();
      return spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: { ...spec.environment, ...owned.environment },
        detached: true,
        ...spec.user,
        stdio: spec.ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      });
    }),
  );
  closeSync(log);
  const pid = subprocess.pid;
  if (pid === undefined) {
    owned.end();
    const why = await once(subprocess, 'error').then(([error]) => messageOf(error));
    throw new ExpectedError(
      `${spec.command} could not be started: ${why}`,
      'check that it is installed and executable',
    );
  }
  remember(pid);
  const forgetOwned = rememberEnder(() => owned.kill());
  let ended: ChildExit | null = null;
  const exited = new Promise<ChildExit>((resolve) => {
    subprocess.once('exit', (exitCode, signal) => {
      ended = { exitCode, signal };
      resolve(ended);
    });
  });
  // A failed kill or message is seen as the exit that follows it.
  subprocess.on('error', () => {});
  const pids = () => owned.pids();
  return {
    pid,
    startedAtMs,
    exited,
    exit: () => ended,
    pids,
    logTail: (lines = 20) => tailOf(spec.logFile, lines),
    onMessage: (listener) => {
      subprocess.on('message', listener);
    },
    async stop({ signal, graceMs, instead }) {
      if (!ended) {
        if (instead) await instead();
        else subprocess.kill(signal);
      }
      const graceful = await waitUntil(() => ended !== null && pids().length === 0, graceMs);
      // Again and again: some may start others meanwhile.
      const allEnded = () => {
        const left = pids();
        killPids(left);
        return ended !== null && left.length === 0;
      };
      if (!graceful) await waitUntil(allEnded, KILL_TIMEOUT_MS);
      owned.end();
      forgetOwned();
      forget(pid);
      return graceful;
    },
  };
}

/** A child inherits the umask of the moment; spawn returns once the child has it. */
function withUmask<T>(umask: number | undefined, action: () => T): T {
  if (umask === undefined) return action();
  const own = process.umask(umask);
  try {
    return action();
  } finally {
    process.umask(own);
  }
}

/** The last lines of a file, read from its end; empty where there is none. */
export async function tailOf(file: string, lines: number): Promise<string[]> {
  const maxBytes = 64 * 1024;
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, maxBytes);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      const all = buffer.toString('utf8').split('\n');
      if (all.at(-1) === '') all.pop();
      return all.slice(-lines).map(plainLine);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}

/** A line as it looked on a terminal at last: without colours, and without what a carriage return has overwritten. */
function plainLine(line: string): string {
  const text = stripVTControlCharacters(line).trimEnd();
  return text.slice(text.lastIndexOf('\r') + 1);
}
