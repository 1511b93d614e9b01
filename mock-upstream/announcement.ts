import type { Options } from './options.js';
import type { RunningMock } from './running-mock.js';

/** Say that requests can come: to the program that started this one, or to a person. */
export function announce(mock: RunningMock, { host, latencyText }: Options): void {
  if (process.send) process.send({ type: 'listening', port: mock.port, pids: mock.pids });
  else process.stdout.write(`mock upstream listening on ${origin(host, mock.port)}, latency ${latencyText}\n`);
}

function origin(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
