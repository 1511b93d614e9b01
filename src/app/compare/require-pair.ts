import { comparability } from '../../analysis/run-comparison/comparability.js';
import { UsageError } from '../../lib/errors.js';
import type { ReadRun } from './read-runs.js';

/** How to refuse two runs whose figures don't compare. */
export interface PairRules {
  /** Only what two machines have in common is of interest. */
  acrossMachines: boolean;
  /** `don't compare`: what the two can't do. */
  verb: string;
  /** What to do instead. */
  hints: {
    /** Where scenario, engine, mock or gatebench differ. */
    otherwise: string;
    /** Where it is only the machine. */
    machine: string;
  };
}

/** @returns what a reader has to know. @throws UsageError that names all that differs */
export function requirePair(first: ReadRun, second: ReadRun, { acrossMachines, verb, hints }: PairRules): string[] {
  const { refusals, machine, notes } = comparability(first, second);
  const all = [...refusals, ...(acrossMachines ? [] : machine)];
  if (all.length > 0) {
    throw new UsageError(
      `${first.run.id} and ${second.run.id} ${verb}:${all.map((reason) => `\n  ${reason}`).join('')}`,
      refusals.length > 0 ? hints.otherwise : hints.machine,
    );
  }
  return acrossMachines ? [...machine.map((change) => `${change}.`), ...notes] : notes;
}
