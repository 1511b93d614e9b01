import { formatTargetState, type TargetState } from '../analysis/until-known.js';
import type { Cell } from '../model/cell.js';
import type { Run } from '../model/run.js';
import { expectedRepeats } from '../plan/next-repeat.js';

/** More are summed up: a line each for 8 gateways at 5 VU levels is nothing that anybody reads. */
const MAX_LINES = 8;

/** What isn't known yet, how far it is, and what follows. @param next the cells of another repeat; none where there is none */
export function untilNote(run: Run, open: readonly TargetState[], next: readonly Cell[]): string {
  const lines = open.slice(0, MAX_LINES).map((state) => `  ${formatTargetState(state)}`);
  const rest = open.length - lines.length;
  const repeats = expectedRepeats(run, open, next);
  const head =
    next.length === 0
      ? 'not known as well as it should be, and not repeated any more:'
      : `not known yet, so ${next.length} ${next.length === 1 ? 'cell is' : 'cells are'} repeated; ` +
        `about ${repeats} ${repeats === 1 ? 'repeat' : 'repeats'} to go (at most ${run.until?.maxRepeats} in all):`;
  return [head, ...lines, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n');
}
