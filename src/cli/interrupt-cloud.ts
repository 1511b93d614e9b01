import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { killAllChildren } from '../lib/child-registry.js';
import { InterruptedError } from '../lib/errors.js';
import { withSignals } from './interrupt.js';
import { writeStatus } from './output.js';

/**
 * Run something that leaves machines behind when it is ended carelessly. The first Ctrl-C asks, on a terminal, and then
 * aborts, which unwinds; the second ends at once and says what is left. A terminal that is closed (SIGHUP) only takes
 * us away: the run is supervised where it runs.
 */
export async function interruptibleCloud<T>(
  name: string,
  consequence: string,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let asking = false;
  const endAtOnce = (signal: NodeJS.Signals): never => {
    writeStatus(`\n${leftBehind(name)}`);
    killAllChildren();
    process.exit(128 + constants.signals[signal]);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === 'SIGHUP' || asking || controller.signal.aborted) endAtOnce(signal);
    asking = true;
    void confirmed(`\n${signal}: ${consequence}?`, true, () => endAtOnce(signal)).then((yes) => {
      asking = false;
      if (!yes) return;
      writeStatus(`${consequence}; once more ends at once and leaves everything as it is`);
      controller.abort(new InterruptedError(signal));
    });
  };
  return withSignals(onSignal, () => action(controller.signal));
}

/** What to say when an environment isn't torn down. */
export function leftBehind(name: string): string {
  return (
    `environment "${name}" may still be up, and what runs there goes on.\n` +
    `look: gatebench cloud status --name ${name}; fetch: gatebench cloud fetch --name ${name}; ` +
    `remove: gatebench cloud down --name ${name}`
  );
}

/**
 * Ask on the terminal. Where nobody can answer, the answer is the one given.
 * @param onInterrupt Ctrl-C instead of an answer, which a terminal in raw mode does not make a signal of
 */
export function confirmed(question: string, unattended: boolean, onInterrupt?: () => void): Promise<boolean> {
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
