import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { ExpectedError } from '../../lib/errors.js';
import { sleep } from '../../lib/sleep.js';

/** perf's control channel, see `--control` in perf-record(1). */
export class ControlChannel {
  readonly #commands: Duplex;
  #answers = 0;
  #wake: () => void = () => {};

  /** @param child spawned with `--control fd:3,4` and pipes at these descriptors */
  constructor(child: ChildProcess) {
    const [, , , commands, answers] = child.stdio as unknown as Duplex[];
    if (!commands || !answers) throw new Error('perf was started without its control channel');
    this.#commands = commands;
    // perf may have gone; that is seen as its exit.
    for (const channel of [commands, answers]) channel.on('error', () => {});
    answers.on('data', (data: Buffer) => {
      this.#answers += data.toString('latin1').split('ack').length - 1;
      this.#wake();
    });
  }

  /** @returns false where perf ended instead of answering. @throws ExpectedError where it does neither */
  async writeStatus(
    command: 'enable' | 'disable',
    exited: Promise<void>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const before = this.#answers;
    const answered = new Promise<true>((resolve) => {
      this.#wake = () => {
        if (this.#answers > before) resolve(true);
      };
    });
    this.#commands.write(`${command}\n`);
    const stopWaiting = new AbortController();
    const signals = signal ? AbortSignal.any([signal, stopWaiting.signal]) : stopWaiting.signal;
    const late = sleep(timeoutMs, signals).then(() => null);
    // Rejected when the waiting stops, by which nobody listens any more.
    late.catch(() => {});
    try {
      const outcome = await Promise.race([answered, exited.then(() => false as const), late]);
      if (outcome === null) throw new ExpectedError(`perf did not answer to ${command} within ${timeoutMs / 1000} s`);
      return outcome;
    } finally {
      stopWaiting.abort();
    }
  }
}
