import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { PACKAGE_ROOT } from '../lib/paths.js';
import { sleep } from '../lib/sleep.js';
import { type JobStatus, parseJobStatus } from './job-status.js';
import { lastWords, SSH_FAILED } from './ssh-failure.js';
import { ConnectionError, type SshHost } from './ssh-host.js';

export interface FollowOptions {
  /** Pieces of the log, in order, each once. */
  onText: (text: string) => void;
  /** The connection is gone, and the job isn't: why, and for how long already. */
  onCut: (why: string) => void;
  onBack: () => void;
  /** For how long a host may be out of reach before it is given up. */
  patienceS: number;
  signal: AbortSignal;
}

/** A command that runs on a host whether or not somebody is connected: `remote-programs/job.sh`. */
export class RemoteJob {
  constructor(
    readonly host: SshHost,
    /** Its folder on the host, relative to the home folder or absolute. */
    readonly folder: string,
  ) {}

  /**
   * Start it, unless it is running.
   * @returns false where it was running already
   */
  async start(workDir: string, command: readonly string[], signal?: AbortSignal): Promise<boolean> {
    const { exitCode, stdout, stderr } = await this.#script('start', [workDir, ...command], signal);
    if (exitCode !== 0) {
      throw new ExpectedError(
        `${this.host.label}: the job ${this.folder} could not be started: ${lastWords(stderr)}`,
        /No space left/.test(stderr) ? 'free some space there, or give another --remote-dir' : undefined,
      );
    }
    return stdout.trim() === 'started';
  }

  async status(signal?: AbortSignal): Promise<JobStatus> {
    const { exitCode, stdout, stderr } = await this.#script('status', [], signal);
    if (exitCode !== 0)
      throw new ExpectedError(`${this.host.label}: no status of ${this.folder}: ${lastWords(stderr)}`);
    return parseJobStatus(stdout);
  }

  /** Ask the job to end; it unwinds in its own time. */
  async stop(signal?: AbortSignal): Promise<void> {
    const { exitCode, stderr } = await this.#script('stop', [], signal);
    // One that has just ended by itself can't be told any more.
    if (exitCode !== 0 && (await this.status(signal)).state.kind === 'running') {
      throw new ExpectedError(`${this.host.label}: ${this.folder} could not be stopped: ${lastWords(stderr)}`);
    }
  }

  /**
   * Hand out the log from the beginning until the job ends. A connection that breaks is made again, and the log goes on
   * at the byte where it stopped.
   * @throws ConnectionError where the host stays out of reach, or has another key than the pinned one
   */
  async follow(options: FollowOptions): Promise<JobStatus> {
    let offset = 0;
    let cutAt: number | null = null;
    // A character may be cut in two, between chunks as well as between connections.
    const decoder = new TextDecoder();
    const onChunk = (chunk: Uint8Array) => options.onText(decoder.decode(chunk, { stream: true }));
    const back = () => {
      if (cutAt !== null) options.onBack();
      cutAt = null;
    };
    for (;;) {
      try {
        offset += await this.#followOnce(offset, options.signal, onChunk, back);
        const status = await this.status(options.signal);
        back();
        if (status.state.kind !== 'running' && offset >= status.logBytes) return status;
      } catch (error) {
        if (!(error instanceof CutError || error instanceof ConnectionError)) throw error;
        offset += error instanceof CutError ? error.bytes : 0;
        const cause = error instanceof CutError ? error.connection : error;
        if (cause.failure !== 'unreachable') throw cause;
        if (cutAt === null) {
          cutAt = performance.now();
          options.onCut(cause.message);
        }
        if (performance.now() - cutAt > options.patienceS * 1000) throw cause;
      }
      await sleep(1_000, options.signal);
    }
  }

  /** @returns bytes that were read */
  async #followOnce(
    offset: number,
    signal: AbortSignal,
    onChunk: (chunk: Uint8Array) => void,
    onFirst: () => void,
  ): Promise<number> {
    const child = await this.host.start(['sh', '-s', '--', 'follow', this.folder, String(offset)], signal);
    let bytes = 0;
    child.stdout.on('data', (chunk: Uint8Array) => {
      if (bytes === 0) onFirst();
      bytes += chunk.length;
      onChunk(chunk);
    });
    child.stdin.end(await jobScript());
    const { exitCode, stderr } = await child.ended();
    if (exitCode === SSH_FAILED) throw new CutError(bytes, this.host.connectionError(stderr));
    if (exitCode !== 0) {
      throw new ExpectedError(`${this.host.label}: the log of ${this.folder} can't be read: ${lastWords(stderr)}`);
    }
    return bytes;
  }

  async #script(verb: string, args: string[], signal?: AbortSignal) {
    const words = ['sh', '-s', '--', verb, this.folder, ...args];
    return this.host.run(words, { input: await jobScript(), ...(signal ? { signal } : {}) });
  }
}

/** A connection broke after so many bytes. */
class CutError extends Error {
  constructor(
    readonly bytes: number,
    readonly connection: ConnectionError,
  ) {
    super(connection.message);
  }
}

function jobScript(): Promise<string> {
  return readFile(join(PACKAGE_ROOT, 'scripts', 'cloud', 'job.sh'), 'utf8');
}
