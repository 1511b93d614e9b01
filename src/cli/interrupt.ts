import { constants } from 'node:os';
import { killAllChildren } from '../lib/child-registry.js';
import { InterruptedError } from '../lib/errors.js';
import { writeStatus } from './output.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Run an action with a signal handler, and kill every child process on exit. */
export async function withSignals<T>(
  onSignal: (signal: (typeof SIGNALS)[number]) => void,
  action: () => Promise<T>,
): Promise<T> {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.once('exit', killAllChildren);
  try {
    return await action();
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    process.removeListener('exit', killAllChildren);
  }
}

/**
 * Run something that can be interrupted. The first signal aborts it and lets it clean up; the second kills every
 * process we started and ends at once. SIGHUP is a closed terminal.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (signal: (typeof SIGNALS)[number]) => {
    if (controller.signal.aborted) {
      killAllChildren();
      process.exit(128 + constants.signals[signal]);
    }
    if (signal !== 'SIGHUP') writeStatus(`\n${signal}: stopping what was started; once more to kill it`);
    controller.abort(new InterruptedError(signal));
  };
  return withSignals(onSignal, () => action(controller.signal));
}
