import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { formatLeftRunning } from '../app/cloud/environment.js';
import { killAllChildren } from '../lib/child-registry.js';
import { InterruptedError, UsageError } from '../lib/errors.js';
import { withSignals } from './interrupt.js';
import { writeStatus } from './output.js';

/**
 * Run an action that would leave machines behind if it simply ended. The first Ctrl-C asks, on a terminal, and then
 * aborts the action, which cleans up; the second ends at once and says what is left. A closed terminal (SIGHUP) ends
 * this process only: the run is supervised on its machine.
 */
export async function interruptibleCloud<T>(
  name: string,
  consequence: string,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let asking = false;
  const endAtOnce = (signal: NodeJS.Signals): never => {
    writeStatus(`\n${formatLeftRunning(name)}`);
    killAllChildren();
    process.exit(128 + constants.signals[signal]);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGHUP' || asking || controller.signal.aborted) endAtOnce(signal);
    asking = true;
    void ask(`\n${signal}: ${consequence}?`, true, () => endAtOnce(signal)).then((yes) => {
      asking = false;
      if (!yes) return;
      writeStatus(`${consequence}; interrupt again to end at once and leave everything as it is`);
      controller.abort(new InterruptedError(signal));
    });
  };
  return withSignals(onSignal, () => action(controller.signal));
}

/** Asks before machines are created. @throws UsageError without a terminal to answer on */
export function confirmCreation(yes: boolean): () => Promise<boolean> {
  return async () => {
    if (yes) return true;
    if (process.stdin.isTTY !== true) {
      throw new UsageError('refusing to create billable machines without confirmation', 'pass --yes');
    }
    return ask('create these machines?', false);
  };
}

/**
 * Ask on the terminal.
 * @param unattended the answer where stdin is no terminal
 * @param onInterrupt Ctrl-C instead of an answer: a terminal in raw mode makes no signal of it
 */
function ask(question: string, unattended: boolean, onInterrupt?: () => void): Promise<boolean> {
  if (process.stdin.isTTY !== true) return Promise.resolve(unattended);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.on('SIGINT', () => {
      terminal.close();
      onInterrupt?.();
      resolve(false);
    });
    terminal.question(`${question} [y/N] `, (answer) => {
      terminal.close();
      resolve(/^y(es)?$/i.test(answer.trim()));
    });
  });
}
