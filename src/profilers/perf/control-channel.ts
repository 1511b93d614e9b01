import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { ExpectedError } from '../../lib/errors.js';
import { sleep } from '../../lib/sleep.js';

/** perf's control channel: `--control` in perf-record(1). */
export class ControlChannel {
  readonly #commands: Duplex;
  #acks = 0;
  #wake: () => void = () => {};

  /** @param child spawned with `--control fd:3,4` and pipes at these descriptors */
  constructor(child: ChildProcess) {
    const [, , , commands, acks] = child.stdio as unknown as Duplex[];
    if (!commands || !acks) throw new Error('perf was started without its control channel');
    this.#commands = commands;
    // If perf is gone, its exit tells.
    for (const channel of [commands, acks]) channel.on('error', () => {});
    acks.on('data', (data: Buffer) => {
      this.#acks += data.toString('latin1').split('ack').length - 1;
      this.#wake();
    });
  }

  /** Sends a command. @returns false if perf ended instead of acknowledging. @throws ExpectedError if it does neither */
  async send(
    command: 'enable' | 'disable',
    exited: Promise<void>,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const before = this.#acks;
    const answered = new Promise<true>((resolve) => {
      this.#wake = () => {
        if (this.#acks > before) resolve(true);
      };
    });
    this.#commands.write(`${command}\n`);
    const stopWaiting = new AbortController();
    const signals = signal ? AbortSignal.any([signal, stopWaiting.signal]) : stopWaiting.signal;
    const late = sleep(timeoutMs, signals).then(() => null);
    // It rejects once nobody waits any more.
    late.catch(() => {});
    try {
      const outcome = await Promise.race([answered, exited.then(() => false as const), late]);
      if (outcome === null) throw new ExpectedError(`perf did not respond to ${command} within ${timeoutMs / 1000} s`);
      return outcome;
    } finally {
      stopWaiting.abort();
    }
  }
}
