import { ExpectedError } from '../lib/errors.js';
import { sleep } from '../lib/sleep.js';
import { shellProgram } from './remote-program.js';
import { CONNECTION_LOST, type RemoteResult } from './remote-shell.js';
import { ConnectionError, fullDiskHint, lastLine } from './ssh-failure.js';
import type { SshHost } from './ssh-host.js';

/** What `remote-programs/job.sh status` says of a job. */
export type JobState =
  | { kind: 'none' }
  | { kind: 'running' }
  | { kind: 'exited'; code: number }
  /** Its process is gone and left no exit code: killed, or the host went down. */
  | { kind: 'lost' };

export interface JobStatus {
  state: JobState;
  logBytes: number;
  /** Free space where the job's folder is; null where the host doesn't say. */
  freeBytes: number | null;
}

export interface FollowOptions {
  /** Pieces of the log, in order, each once. */
  onText: (text: string) => void;
  /** The connection broke; the job continues. */
  onCut: (why: string) => void;
  onBack: () => void;
  /** How long a host may be out of reach. */
  patienceS: number;
  signal: AbortSignal;
}

/** A command that runs on a host with or without a connection. */
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
        `${this.host.label}: could not start the job ${this.folder}: ${lastLine(stderr)}`,
        fullDiskHint(stderr),
      );
    }
    return stdout.trim() === 'started';
  }

  async status(signal?: AbortSignal): Promise<JobStatus> {
    const { exitCode, stdout, stderr } = await this.#script('status', [], signal);
    if (exitCode !== 0)
      throw new ExpectedError(`${this.host.label}: could not read the status of ${this.folder}: ${lastLine(stderr)}`);
    return parseJobStatus(stdout);
  }

  /** Ask the job to end; it cleans up in its own time. */
  async stop(signal?: AbortSignal): Promise<void> {
    const { exitCode, stderr } = await this.#script('stop', [], signal);
    // It may have just ended by itself.
    if (exitCode !== 0 && (await this.status(signal)).state.kind === 'running') {
      throw new ExpectedError(`${this.host.label}: could not stop ${this.folder}: ${lastLine(stderr)}`);
    }
  }

  /**
   * Stream the log from its beginning until the job ends. After a broken connection it reconnects, and the log continues at the
   * byte where it stopped.
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
    const child = await this.host.start(shellProgram('job.sh', 'follow', this.folder, String(offset)), signal);
    let bytes = 0;
    child.stdout.on('data', (chunk: Uint8Array) => {
      if (bytes === 0) onFirst();
      bytes += chunk.length;
      onChunk(chunk);
    });
    child.stdin.end();
    const { exitCode, stderr } = await child.ended();
    if (exitCode === CONNECTION_LOST) throw new CutError(bytes, this.host.connectionError(stderr));
    if (exitCode !== 0) {
      throw new ExpectedError(`${this.host.label}: could not read the log of ${this.folder}: ${lastLine(stderr)}`);
    }
    return bytes;
  }

  #script(verb: string, args: string[], signal?: AbortSignal): Promise<RemoteResult> {
    return this.host.run(shellProgram('job.sh', verb, this.folder, ...args), signal ? { signal } : {});
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

/** @throws Error for what job.sh never prints */
export function parseJobStatus(text: string): JobStatus {
  const fields = new Map(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const),
  );
  const freeKib = fields.get('freeKib');
  return {
    state: stateOf(fields.get('state') ?? '', fields.get('code') ?? ''),
    logBytes: Number(fields.get('logBytes') || 0),
    freeBytes: freeKib === undefined || freeKib === '' ? null : Number(freeKib) * 1024,
  };
}

function stateOf(state: string, code: string): JobState {
  switch (state) {
    case 'none':
    case 'running':
    case 'lost':
      return { kind: state };
    case 'exited':
      if (/^\d+$/.test(code)) return { kind: 'exited', code: Number(code) };
  }
  throw new Error(`job.sh printed an unknown state: "${state} ${code}"`);
}
