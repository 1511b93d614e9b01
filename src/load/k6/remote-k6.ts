import { createInterface } from 'node:readline';
import { ExpectedError } from '../../lib/errors.js';
import type { HostCpu } from '../../model/load.js';
import { CONNECTION_LOST, type RemoteCommand, type RemoteShell } from '../../remote/remote-shell.js';
import { type HostWindow, hostCpu, isCpuReading, unread, watchCpu } from './host-cpu.js';
import { SegmentBooks } from './segment-log.js';
import { SEGMENT_ENVIRONMENT, START_VARIABLE } from './segment-script.js';
import type { Segment } from './segments.js';

export interface RemoteK6Start {
  shell: RemoteShell;
  /** The host's k6. */
  program: string;
  script: string;
  segment: Segment;
  /** When the load begins, on the host's own clock. */
  startMs: number;
  /** On the host's own clock too. */
  window: HostWindow;
  /** Something that no other process has on its command line. */
  token: string;
  /** Where requests go, for messages. */
  target: string;
}

const PID_MARK = 'gatebench-pid ';
const ENVIRONMENT = Object.entries(SEGMENT_ENVIRONMENT)
  .map(([name, value]) => `${name}=${value}`)
  .join(' ');
/**
 * The shell becomes k6, so that its PID is k6's. Nothing of the user's own k6 changes the load: neither variables nor a
 * configuration in the home folder.
 */
const BECOME_K6 = `echo "${PID_MARK}$$"; exec env -i PATH="$PATH" HOME=/nonexistent LANG=C.UTF-8 ${ENVIRONMENT} "$@"`;
/** A PID may be another process's by now: only one with our token is ended. */
const END_K6 = 'if grep -qa -- "$2" "/proc/$1/cmdline" 2>/dev/null; then kill -KILL "$1"; fi';
const END_TIMEOUT_MS = 8_000;

/** One host's k6 under way. */
export class RemoteK6 {
  readonly books = new SegmentBooks();
  #cpu: HostCpu = unread('k6 has not ended yet');
  readonly #ended: Promise<void>;
  readonly #pid: Promise<string | null>;
  #over = false;

  private constructor(
    private readonly start: RemoteK6Start,
    command: RemoteCommand,
  ) {
    const lines = createInterface({ input: command.stdout });
    let broken: unknown = null;
    let told: (pid: string | null) => void = () => undefined;
    this.#pid = new Promise((resolve) => {
      told = resolve;
    });
    lines.on('line', (line) => {
      if (line.startsWith(PID_MARK)) told(line.slice(PID_MARK.length).trim());
      else {
        try {
          this.books.add(line);
        } catch (error) {
          broken ??= error;
        }
      }
    });
    const read = new Promise<void>((resolve) => lines.once('close', resolve));
    this.#ended = (async () => {
      const { exitCode, stderr } = await command.ended();
      await read;
      const said = stderr.split('\n');
      this.#cpu = hostCpu(said, start.window);
      told(null);
      this.#over = true;
      if (broken) throw broken;
      this.#requireSuccess(exitCode, said.filter((line) => !isCpuReading(line) && line.trim() !== '').at(-1));
    })();
    this.#ended.catch(() => undefined);
  }

  /** The script goes in by stdin: nothing of it is left on the host. */
  static async start(start: RemoteK6Start): Promise<RemoteK6> {
    const { shell, program, segment, startMs, window, token, script } = start;
    const k6 = [
      ...[program, 'run', '--quiet', '--no-color', '--no-usage-report'],
      ...['--address=', '--log-format=raw', '--log-output=stdout'],
      ...['--execution-segment', segment.segment, '--execution-segment-sequence', segment.sequence],
      ...['-e', `${START_VARIABLE}=${Math.round(startMs)}`, '-e', `GATEBENCH_LOAD=${token}`, '-'],
    ];
    const command = await shell.start(['sh', '-c', watchCpu(window) + BECOME_K6, 'sh', ...k6]);
    const load = new RemoteK6(start, command);
    command.stdin.end(script);
    return load;
  }

  /** Resolves when k6 has ended well. @throws ExpectedError where it has not, with the host and why */
  get done(): Promise<void> {
    return this.#ended;
  }

  /** How busy the host was in the window, once {@link done} has resolved. */
  get cpu(): HostCpu {
    return this.#cpu;
  }

  /** End it, wherever it is; a host that can't be reached ends it by itself, when its script is over. */
  async kill(): Promise<void> {
    if (this.#over) return;
    const signal = AbortSignal.timeout(END_TIMEOUT_MS);
    const outOfTime = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    const pid = await Promise.race([this.#pid, outOfTime]);
    if (pid === null) return;
    const words = ['sh', '-c', END_K6, 'sh', pid, this.start.token];
    await this.start.shell.run(words, { signal }).catch(() => undefined);
  }

  #requireSuccess(exitCode: number, lastSaid: string | undefined): void {
    const { label } = this.start.shell;
    const { refusal } = this.books;
    if (refusal !== null && 'unreachable' in refusal) {
      throw new ExpectedError(
        `${label} gets no answer from ${this.start.target}: ${refusal.unreachable}`,
        'check --gateway-address and the firewall, and that the gateway listens on all addresses (docs/load-from-many-hosts.md)',
      );
    }
    if (refusal !== null) {
      throw new ExpectedError(
        `k6 on ${label} was ready ${refusal.lateMs} ms after the moment that all hosts were to begin at`,
        'run the cell again; a host that is slow to make its VUs needs fewer of them',
      );
    }
    if (exitCode === 0) return;
    const lastWords = lastSaid?.trim() || this.books.lastWords || 'it gave no reason';
    throw new ExpectedError(
      exitCode === CONNECTION_LOST
        ? `the connection to ${label} broke in mid-run, or its k6 was killed: ${lastWords}`
        : `k6 on ${label} ended with exit code ${exitCode}: ${lastWords}`,
      'measure the cell again once the host is well',
    );
  }
}
