import { createWriteStream, type WriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { tailOf } from '../lib/child.js';
import { ExpectedError } from '../lib/errors.js';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { sha256 } from '../lib/sha256.js';
import { sleep, waitUntil } from '../lib/sleep.js';
import { RemoteProcess } from '../remote/remote-process.js';
import type { RemoteShell } from '../remote/remote-shell.js';
import { type Artifact, artifact, upload } from '../remote/upload.js';
import { mockAnswers, mockFlags, readAsked, readMockStats, resetMockStats } from './mock-http.js';
import type { MockStart, RunningMock, UpstreamDriver } from './upstream-driver.js';

/** The mock with its library, made by the build: it needs Node, and no packages. */
const BUNDLE = join(PACKAGE_ROOT, 'dist', 'mock-bundle');
const MIN_NODE = 20;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
/** The mock ends when it hears nothing for this long: so it learns of a cable that was cut. */
const SILENCE_S = 30;
const HEARTBEAT_MS = 5_000;
const LISTENS = 'mock upstream listening on';

/** The mock upstream on another host, which gateways here reach at `address`. */
export class RemoteMockDriver implements UpstreamDriver {
  private constructor(
    private readonly shell: RemoteShell,
    private readonly address: string,
    /** Of the mock, on the host. */
    private readonly folder: string,
  ) {}

  /** Make a host ready for it. @throws ExpectedError where it can't be reached, lacks Node, or can't take the mock */
  static async on(shell: RemoteShell, address: string, signal: AbortSignal): Promise<RemoteMockDriver> {
    await requireNode(shell, signal);
    const alternative = 'check that the host has tar and some free space in the home folder';
    return new RemoteMockDriver(shell, address, await upload(shell, await bundledMock(), { alternative, signal }));
  }

  async start(start: MockStart, signal: AbortSignal): Promise<RunningMock> {
    const isIpv6 = this.address.includes(':');
    const origin = `http://${isIpv6 ? `[${this.address}]` : this.address}:${start.port}`;
    const flags = [...mockFlags(start), `--host=${isIpv6 ? '::' : '0.0.0.0'}`, `--heartbeat-s=${SILENCE_S}`, '--quiet'];
    const mock = await RemoteMock.start(this.shell, ['node', `${this.folder}/main.js`, ...flags], start.logFile);
    try {
      const up = () => mock.listens && mockAnswers({ origin });
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
      resetStats: () => resetMockStats({ origin }),
      stats: () => readMockStats({ origin }),
      asked: () => readAsked({ origin }),
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

/** Named by what is in it, and not by the archive, which has times in it. */
async function bundledMock(): Promise<Artifact> {
  const files = (await readdir(BUNDLE)).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(BUNDLE, file))));
  const name = `mock-${sha256(Buffer.concat(files.flatMap((file, at) => [Buffer.from(file), contents[at] ?? Buffer.of()]))).slice(0, 12)}`;
  const { stdout } = await execa('tar', ['-cf', '-', '-C', BUNDLE, '.'], { encoding: 'buffer' });
  return artifact({ title: 'the mock upstream', name, kind: 'folder', content: Buffer.from(stdout) });
}

/** Its output goes to a log here, and our heartbeats to its stdin. */
class RemoteMock {
  ended = false;
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>;

  private constructor(
    private readonly label: string,
    private readonly process: RemoteProcess,
    private readonly logFile: string,
    private readonly seen: { listening: boolean },
    log: WriteStream,
  ) {
    const heartbeat = setInterval(() => process.stdin.write('\n'), HEARTBEAT_MS);
    this.exited = (async () => {
      const { exitCode, connectionLost, stderr } = await process.exited;
      clearInterval(heartbeat);
      if (connectionLost) log.write(`the connection to ${label} ended: ${stderr.trim()}\n`);
      else if (stderr !== '') log.write(`${stderr.trimEnd()}\n`);
      await new Promise((resolve) => log.end(resolve));
      this.ended = true;
      return { exitCode, signal: null };
    })();
  }

  static async start(shell: RemoteShell, command: string[], logFile: string): Promise<RemoteMock> {
    const log = createWriteStream(logFile, { flags: 'a' });
    log.on('error', () => {});
    const seen = { listening: false };
    const onLine = (line: string) => {
      log.write(`${line}\n`);
      seen.listening ||= line.includes(LISTENS);
    };
    const process = await RemoteProcess.start(shell, { command, onLine });
    return new RemoteMock(shell.label, process, logFile, seen, log);
  }

  get listens(): boolean {
    return this.seen.listening;
  }

  /** The end of its input ends it. */
  async stop(): Promise<void> {
    this.process.stdin.end();
    const timer = new AbortController();
    await Promise.race([this.exited, sleep(STOP_TIMEOUT_MS, timer.signal).catch(() => {})]);
    timer.abort();
    await this.process.kill();
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
