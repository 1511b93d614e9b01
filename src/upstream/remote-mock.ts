import { createWriteStream } from 'node:fs';
import { tailOf } from '../lib/child.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { sleep, waitUntil } from '../lib/sleep.js';
import { CONNECTION_LOST, type RemoteCommand, type RemoteShell } from '../remote/remote-shell.js';
import { mockAnswers, mockFlags, readMockStats, resetMockStats } from './mock-http.js';
import { uploadMock } from './upload-mock.js';
import type { MockStart, RunningMock, UpstreamDriver } from './upstream-driver.js';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
/** The mock ends when it hears nothing for so long: that is how it learns of a cable that was cut. */
const SILENCE_S = 30;
const HEARTBEAT_MS = 5_000;
const MIN_NODE = 20;
/** Nothing of the user's own Node changes it. */
const RUN =
  'program=$HOME/.cache/gatebench/$1/main.js; shift; exec env -i PATH="$PATH" LANG=C.UTF-8 node "$program" "$@" 2>&1';
const LISTENS = 'mock upstream listening on';

/** The mock upstream on another host, which gateways here reach at `address`. */
export class RemoteMockDriver implements UpstreamDriver {
  private constructor(
    private readonly shell: RemoteShell,
    private readonly address: string,
    private readonly program: string,
  ) {}

  /** Make a host ready for it. @throws ExpectedError where it can't be reached, lacks Node, or can't take the mock */
  static async on(shell: RemoteShell, address: string, signal: AbortSignal): Promise<RemoteMockDriver> {
    await requireNode(shell, signal);
    return new RemoteMockDriver(shell, address, await uploadMock(shell, signal));
  }

  async start(start: MockStart, signal: AbortSignal): Promise<RunningMock> {
    const isIpv6 = this.address.includes(':');
    const origin = `http://${isIpv6 ? `[${this.address}]` : this.address}:${start.port}`;
    const flags = [...mockFlags(start), `--host=${isIpv6 ? '::' : '0.0.0.0'}`, `--heartbeat-s=${SILENCE_S}`];
    const mock = new RemoteMock(this.shell.label, start.logFile);
    await mock.begin(() => this.shell.start(['sh', '-c', RUN, 'sh', this.program, ...flags, '--quiet']));
    try {
      const up = () => mock.listens && mockAnswers(origin);
      await waitUntil(async () => mock.ended || (await up()), START_TIMEOUT_MS, signal);
      if (mock.ended || !(await up())) throw await mock.startFailure(origin);
    } catch (error) {
      await mock.stop();
      throw error;
    }
    return {
      origin,
      host: this.shell.label,
      processes: start.processes,
      // They are the other host's.
      pids: () => [],
      exited: mock.exited,
      resetStats: () => resetMockStats(origin),
      stats: () => readMockStats(origin),
      logTail: () => tailOf(start.logFile, 20),
      stop: () => mock.stop(),
    };
  }
}

async function requireNode(shell: RemoteShell, signal: AbortSignal): Promise<void> {
  const { exitCode, stdout, stderr } = await shell.run(['sh', '-c', 'node --version'], { signal });
  const version = /^v(\d+)\./.exec(stdout)?.[1];
  if (exitCode === 0 && Number(version) >= MIN_NODE) return;
  throw new ExpectedError(
    `${shell.label} has no Node that the mock upstream runs on: "node --version" says ${stdout.trim() || stderr.trim() || `exit code ${exitCode}`}`,
    `install Node ${MIN_NODE} or later there, in the PATH of a shell without a login`,
  );
}

/** Its life on the other end of an ssh: its output goes to the log here, and our heartbeats to its stdin. */
class RemoteMock {
  listens = false;
  ended = false;
  exited: Promise<{ exitCode: number | null; signal: string | null }> = new Promise(() => {});
  #command: RemoteCommand | null = null;

  constructor(
    private readonly label: string,
    private readonly logFile: string,
  ) {}

  async begin(start: () => Promise<RemoteCommand>): Promise<void> {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    log.on('error', () => {});
    const command = await start();
    this.#command = command;
    command.stdout.on('data', (chunk: Uint8Array) => {
      log.write(chunk);
      this.listens ||= Buffer.from(chunk).toString('utf8').includes(LISTENS);
    });
    const heartbeat = setInterval(() => command.stdin.write('\n'), HEARTBEAT_MS);
    this.exited = (async () => {
      const { exitCode, stderr } = await command
        .ended()
        .catch((error: unknown) => ({ exitCode: CONNECTION_LOST, stderr: messageOf(error) }));
      clearInterval(heartbeat);
      if (exitCode === CONNECTION_LOST) log.write(`the connection to ${this.label} ended: ${stderr.trim()}\n`);
      await new Promise((resolve) => log.end(resolve));
      this.ended = true;
      return { exitCode, signal: null };
    })();
  }

  /** The end of its input ends it. */
  async stop(): Promise<void> {
    this.#command?.stdin.end();
    const given = new AbortController();
    await Promise.race([this.exited, sleep(STOP_TIMEOUT_MS, given.signal).catch(() => {})]);
    given.abort();
  }

  async startFailure(origin: string): Promise<ExpectedError> {
    const tail = (await tailOf(this.logFile, 3)).join(' | ');
    if (this.ended) {
      return new ExpectedError(`the mock upstream on ${this.label} ended at once${tail ? `: ${tail}` : ''}`);
    }
    return new ExpectedError(
      this.listens
        ? `the mock upstream runs on ${this.label}, and ${origin} does not answer here`
        : `the mock upstream on ${this.label} did not listen within ${START_TIMEOUT_MS / 1000} s${tail ? `: ${tail}` : ''}`,
      'check that its firewall lets this machine in, or choose another --mock-port',
    );
  }
}
