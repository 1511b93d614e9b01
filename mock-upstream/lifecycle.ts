import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import type { Options } from './options.js';

/** A mock upstream that listens, in one process or in several. */
export interface RunningMock {
  port: number;
  /** All processes; the first is the one that was started. */
  pids: number[];
  /** Chat completion requests since the start, in all processes. */
  requestsEver(): Promise<number>;
  /** Resolves when every other process has ended; the caller ends this one. */
  stop(): Promise<void>;
}

/** Announce the port, to the program that started this one or on stdout. */
export function announce(mock: RunningMock, { host, latencyText, tlsCert }: Options): void {
  if (process.send) process.send({ type: 'listening', port: mock.port, pids: mock.pids });
  else
    process.stdout.write(
      `mock upstream listening on ${originOf(tlsCert === null ? 'http' : 'https', host, mock.port)}, latency ${latencyText}\n`,
    );
}

function originOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const RATE_INTERVAL_MS = 5000;

/** Print the request rate every 5 s. Doesn't keep the process alive. */
export function printRates(mock: RunningMock): void {
  let lastTotal = 0;
  let lastMs = performance.now();
  const printRate = async (): Promise<void> => {
    const total = await mock.requestsEver();
    const nowMs = performance.now();
    process.stdout.write(`${rateLine(total - lastTotal, nowMs - lastMs, total)}\n`);
    lastTotal = total;
    lastMs = nowMs;
  };
  setInterval(() => void printRate(), RATE_INTERVAL_MS).unref();
}

export function rateLine(requests: number, elapsedMs: number, total: number): string {
  return `request rate: ${((requests / elapsedMs) * 1000).toFixed(1)} RPS (total: ${total})`;
}

/**
 * Call back once when the input ends or sends nothing for `withinMs`. A starter on another host can't be seen to die
 * otherwise: when the network breaks, not even the pipe ends.
 */
export function watchHeartbeat(input: Readable, withinMs: number, onSilence: () => void): void {
  let timer = setTimeout(end, withinMs);
  function end(): void {
    clearTimeout(timer);
    input.removeAllListeners('data');
    onSilence();
  }
  input.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(end, withinMs);
  });
  input.once('end', end);
  input.once('error', end);
}
