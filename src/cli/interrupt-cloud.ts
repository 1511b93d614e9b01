import { constants } from 'node:os';
import { formatAtRisk, formatLeftRunning } from '../app/cloud/environment.js';
import type { GuardedWork, InterruptGuard } from '../app/cloud/guard.js';
import { killAllChildren } from '../lib/child-registry.js';
import { InterruptedError, UsageError } from '../lib/errors.js';
import type { CloudState } from '../model/cloud.js';
import { ask } from './ask.js';
import { withSignals } from './interrupt.js';
import { writeStatus } from './output.js';

/**
 * Run an action that would leave machines behind if it simply ended. The first Ctrl-C asks, on a terminal, and then
 * aborts the action, which cleans up; the second ends at once and says what is left. While Terraform works, the first
 * one waits for it, and the second says what is at risk and asks. A closed terminal (SIGHUP) ends this process only:
 * Terraform and the run don't depend on it.
 */
export async function interruptibleCloud<T>(
  consequence: string,
  action: (guard: InterruptGuard) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let work: GuardedWork | null = null;
  let state: (() => CloudState) | null = null;
  let asking = false;
  const formatLeft = () => {
    if (state === null) return 'nothing was changed';
    return work === null ? formatLeftRunning(state()) : formatAtRisk(state());
  };
  const leave = (signal: NodeJS.Signals): never => {
    writeStatus(`\n${formatLeft()}`);
    killAllChildren();
    process.exit(128 + constants.signals[signal]);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const first = !controller.signal.aborted;
    if (signal === 'SIGHUP' || asking || (!first && work === null)) leave(signal);
    if (first && work !== null) {
      writeStatus(
        `\n${signal}: ${work.what}, and loses track of them if it is stopped now. It finishes first, then ${work.afterwards}`,
      );
      return controller.abort(new InterruptedError(signal));
    }
    asking = true;
    const question = first ? `${consequence}?` : `\n${formatLeft()}\nend gatebench now, and leave this to you?`;
    void ask(`\n${signal}: ${question}`, true, () => leave(signal)).then((yes) => {
      asking = false;
      if (!yes) return;
      if (!first) leave(signal);
      writeStatus(`${consequence}; interrupt again to end at once and leave everything as it is`);
      controller.abort(new InterruptedError(signal));
    });
  };
  const guard: InterruptGuard = {
    signal: controller.signal,
    watch: (current) => {
      state = current;
    },
    during: async (guarded, run) => {
      work = guarded;
      try {
        return await run();
      } finally {
        work = null;
      }
    },
  };
  return withSignals(onSignal, () => action(guard));
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
