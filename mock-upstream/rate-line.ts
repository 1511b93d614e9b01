import { performance } from 'node:perf_hooks';
import type { RunningMock } from './running-mock.js';

const EVERY_MS = 5000;

/** Print the request rate every 5 s. Doesn't keep the process alive. */
export function printRates(mock: RunningMock): void {
  let lastTotal = 0;
  let lastMs = performance.now();
  const writeResult = async (): Promise<void> => {
    const total = await mock.requestsEver();
    const nowMs = performance.now();
    process.stdout.write(`${rateLine(total - lastTotal, nowMs - lastMs, total)}\n`);
    lastTotal = total;
    lastMs = nowMs;
  };
  setInterval(() => void writeResult(), EVERY_MS).unref();
}

export function rateLine(requests: number, elapsedMs: number, total: number): string {
  return `request rate: ${((requests / elapsedMs) * 1000).toFixed(1)} RPS (total: ${total})`;
}
