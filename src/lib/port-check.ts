import { ExpectedError } from './errors.js';
import { commandLineOf, isListening, listenersOf } from './listeners.js';

/**
 * @param port the port that has to be free
 * @param wantedBy who wants it, for the message: "portkey"
 * @throws ExpectedError that names the process in the way
 */
export function requireFreePort(port: number, wantedBy: string): void {
  if (!isListening(port)) return;
  throw new ExpectedError(
    `port ${port}, which ${wantedBy} needs, is taken by ${describeListeners(port)}`,
    'stop that process, or wait until it has ended, and run again',
  );
}

/** "PID 4711 (nginx -g daemon off)" for people. */
export function describeListeners(port: number): string {
  const pids = listenersOf(port);
  if (pids.length === 0) return 'a process of another user';
  return pids.map((pid) => `PID ${pid} (${(commandLineOf(pid) ?? 'unknown').slice(0, 80)})`).join(', ');
}
