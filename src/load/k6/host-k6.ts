import { ExpectedError } from '../../lib/errors.js';
import type { HostCpu } from '../../model/load.js';
import { type RemoteExit, RemoteProcess } from '../../remote/remote-process.js';
import type { RemoteShell } from '../../remote/remote-shell.js';
import { cpuWatchOf, type HostWindow, hostCpu, isCpuReading, unread } from './host-cpu.js';
import { K6Log } from './log.js';
import { HOST_ENVIRONMENT, START_VARIABLE } from './script.js';
import type { Segment } from './segments.js';

export interface HostK6Start {
  shell: RemoteShell;
  /** The host's k6. */
  program: string;
  script: string;
  segment: Segment;
  /** When the load begins, on the host's own clock. */
  startMs: number;
  /** On the host's own clock too. */
  window: HostWindow;
  /** Where requests go, for messages. */
  target: string;
}

/** No configuration of the user's k6 is read. */
const ENVIRONMENT = Object.entries({ HOME: '/nonexistent', ...HOST_ENVIRONMENT }).map(
  ([name, value]) => `${name}=${value}`,
);

/** One host's k6 under way. */
export class HostK6 {
  readonly log = new K6Log();
  /** How busy the host was in the window, once {@link done} has resolved. */
  cpu: HostCpu = unread('k6 has not ended yet');
  #process: RemoteProcess | null = null;
  #done: Promise<void> = Promise.resolve();
  #logError: unknown = null;

  private constructor(private readonly start: HostK6Start) {}

  /** The script goes in through stdin, so that no file is left on the host. */
  static async start(start: HostK6Start): Promise<HostK6> {
    const { shell, program, segment, startMs, window, script } = start;
    const load = new HostK6(start);
    const process = await RemoteProcess.start(shell, {
      command: [
        ...ENVIRONMENT,
        ...[program, 'run', '--quiet', '--no-color', '--no-usage-report'],
        ...['--address=', '--log-format=raw', '--log-output=stdout'],
        ...['--execution-segment', segment.segment, '--execution-segment-sequence', segment.sequence],
        ...['-e', `${START_VARIABLE}=${Math.round(startMs)}`, '-'],
      ],
      watchCpu: cpuWatchOf(window),
      onLine: (line) => load.#read(line),
    });
    process.stdin.end(script);
    load.#process = process;
    load.#done = load.#follow(process);
    load.#done.catch(() => undefined);
    return load;
  }

  /** Resolves when k6 has ended well. Rejects with an ExpectedError where it has not, with the host and why. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** End it, wherever it is; a host that can't be reached ends it by itself, when its script is over. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  #read(line: string): void {
    try {
      this.log.add(line);
    } catch (error) {
      this.#logError ??= error;
    }
  }

  async #follow(process: RemoteProcess): Promise<void> {
    const exit = await process.exited;
    this.cpu = hostCpu(exit.stderr.split('\n'), this.start.window);
    if (this.#logError) throw this.#logError;
    this.#requireSuccess(exit);
  }

  #requireSuccess({ exitCode, connectionLost, stderr }: RemoteExit): void {
    const { label } = this.start.shell;
    const { refusal } = this.log;
    if (refusal !== null && 'unreachable' in refusal) {
      throw new ExpectedError(
        `${label} gets no response from ${this.start.target}: ${refusal.unreachable}`,
        'check --gateway-address and the firewall, and that the gateway listens on all addresses (docs/load-from-many-hosts.md)',
      );
    }
    if (refusal !== null) {
      throw new ExpectedError(
        `k6 on ${label} was ready ${refusal.lateMs} ms after all hosts were to begin`,
        'run the cell again; a host that is slow to make its VUs needs fewer of them',
      );
    }
    if (exitCode === 0) return;
    const stderrLine = stderr.split('\n').findLast((line) => !isCpuReading(line) && line.trim() !== '');
    const why = stderrLine?.trim() || this.log.lastLine || 'it gave no reason';
    throw new ExpectedError(
      connectionLost
        ? `the connection to ${label} broke in mid-run, or its k6 was killed: ${why}`
        : `k6 on ${label} ended with exit code ${exitCode}: ${why}`,
      'run the cell again once the host is well',
    );
  }
}
