import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { messageOf } from '../lib/errors.js';
import { shellProgram } from './remote-program.js';
import { CONNECTION_LOST, type RemoteCommand, type RemoteShell } from './remote-shell.js';

export interface RemoteProcessSpec {
  /** `NAME=VALUE...`, which is all of its environment beside PATH and LANG, and then the program and its arguments. */
  command: readonly string[];
  /** Readings of its CPU time and the host's on stderr, between two moments on the host's clock. */
  watchCpu?: { startMs: number; lastMs: number };
  /** Each line of its stdout. */
  onLine: (line: string) => void;
}

export interface RemoteExit {
  exitCode: number;
  /** The connection broke, or a signal ended the process: ssh doesn't tell which. */
  connectionLost: boolean;
  stderr: string;
}

const PID_MARK = 'gatebench-pid ';
const TOKEN_VARIABLE = 'GATEBENCH_PROCESS';
const KILL_TIMEOUT_MS = 8_000;

/** A process on another host that lives as long as the connection which started it, or until it is killed. */
export class RemoteProcess {
  /** Resolves when it has ended and all of its stdout was read. */
  readonly exited: Promise<RemoteExit>;
  readonly #pid: Promise<string | null>;
  #ended = false;

  private constructor(
    private readonly shell: RemoteShell,
    private readonly token: string,
    command: RemoteCommand,
    onLine: (line: string) => void,
  ) {
    this.stdin = command.stdin;
    let resolvePid: (pid: string | null) => void = () => undefined;
    this.#pid = new Promise((resolve) => {
      resolvePid = resolve;
    });
    const lines = createInterface({ input: command.stdout });
    lines.on('line', (line) => {
      if (line.startsWith(PID_MARK)) resolvePid(line.slice(PID_MARK.length).trim());
      else onLine(line);
    });
    const read = new Promise<void>((resolve) => lines.once('close', resolve));
    this.exited = (async () => {
      const { exitCode, stderr } = await command
        .ended()
        .catch((error: unknown) => ({ exitCode: CONNECTION_LOST, stderr: messageOf(error) }));
      await read;
      resolvePid(null);
      this.#ended = true;
      return { exitCode, connectionLost: exitCode === CONNECTION_LOST, stderr };
    })();
  }

  readonly stdin: Writable;

  static async start(shell: RemoteShell, { command, watchCpu, onLine }: RemoteProcessSpec): Promise<RemoteProcess> {
    const token = randomUUID();
    const watch = watchCpu ? ['--watch-cpu', String(watchCpu.startMs), String(watchCpu.lastMs)] : [];
    const words = shellProgram('run-process.sh', ...watch, `${TOKEN_VARIABLE}=${token}`, ...command);
    return new RemoteProcess(shell, token, await shell.start(words), onLine);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** End it by its PID, as far as that is still its own. A host that can't be reached keeps it. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const signal = AbortSignal.timeout(KILL_TIMEOUT_MS);
    const timeout = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    const pid = await Promise.race([this.#pid, timeout]);
    if (pid === null) return;
    await this.shell.run(shellProgram('kill-process.sh', pid, this.token), { signal }).catch(() => undefined);
  }
}
