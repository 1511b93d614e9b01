import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ExpectedError } from '../../lib/errors.js';
import type { WorkerOutcome } from '../merge.js';
import type { WorkerSecond } from '../worker-report.js';
import type { FromWorker, ToWorker } from './worker-main.js';

const STDERR_TAIL = 4000;
/** For a worker that told its outcome and yet doesn't exit. */
const EXIT_GRACE_MS = 2000;

/** A load worker as the engine sees it: ready, then an outcome, then gone. */
export class WorkerProcess {
  readonly ready: Promise<void>;
  /** Rejects where the worker ends without one. */
  readonly outcome: Promise<WorkerOutcome>;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  #stderr = '';
  #alive = true;

  /** @param program compiled, one that calls `runWorker` */
  constructor(program: string, onSecond: (second: WorkerSecond) => void) {
    this.#child = fork(program, [], {
      // The parent's own flags (a debugger's port, a test runner's loader) are not for the worker.
      execArgv: [],
      // Typed arrays go through as they are.
      serialization: 'advanced',
      // A group of its own: Ctrl-C in the terminal is for the harness, which then ends the load in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    this.#child.on('message', (message: FromWorker) => {
      if (message.type === 'second') onSecond(message.second);
    });
    const died = new Promise<ExpectedError>((resolve) => {
      // 'close' comes after 'exit' and once stderr has been read to its end.
      this.#child.on('close', (code, signal) =>
        resolve(this.#death(signal === null ? `exit code ${code}` : `signal ${signal}`)),
      );
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) resolve(this.#death(error.message));
      });
    });
    this.exited = died.then(() => undefined);
    this.ready = this.#told(died, (message) => (message.type === 'ready' ? true : undefined)).then(() => undefined);
    this.outcome = this.#told(died, (message) => (message.type === 'outcome' ? message.outcome : undefined));
    // Whoever waits for one of them only must not be stopped by the other.
    for (const promise of [this.ready, this.outcome]) promise.catch(() => undefined);
  }

  /** Null once it has ended. */
  get pid(): number | null {
    return this.#alive ? (this.#child.pid ?? null) : null;
  }

  send(message: ToWorker): void {
    // A worker that has died since is reported by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** End it at once. */
  async kill(): Promise<void> {
    if (this.#alive) this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Wait for its own exit, but not for long. */
  async leave(): Promise<void> {
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), EXIT_GRACE_MS);
    await this.exited;
    clearTimeout(overdue);
  }

  /** What the first such message holds; rejects where the worker dies before it. */
  #told<T>(died: Promise<ExpectedError>, pick: (message: FromWorker) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromWorker) => {
        const picked = pick(message);
        if (picked !== undefined) resolve(picked);
      });
      void died.then(reject);
    });
  }

  #death(how: string): ExpectedError {
    this.#alive = false;
    const words = this.#stderr.trim();
    return new ExpectedError(
      `a load worker (process ${this.#child.pid ?? 'never started'}) ended before its window did: ${how}` +
        (words === '' ? ', nothing on its stderr' : `\n${words}`),
      'look for memory limits and for who sends signals, then run the cell again',
    );
  }
}

/** Why workers of this program can't be started, and what to do; null where they can. */
export function unbuilt(program: string): { reason: string; hint: string } | null {
  if (existsSync(program)) return null;
  return { reason: `its worker program ${program} is not built`, hint: 'npm run build' };
}
