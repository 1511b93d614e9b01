import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { MAX_REPEATS } from '../../model/bounds.js';
import type { Until, UntilTarget } from '../../model/until.js';
import { parseUntil } from '../../plan/parse-until.js';
import { type CellOptions, parseWhole } from './cell-options.js';

const MIN_REPEATS = 3;
const DEFAULT_MAX_REPEATS = 10;

/** What {@link untilOptions} parse to. */
export interface UntilFlags {
  until?: UntilTarget[];
  maxRepeats?: number;
}

/** When a run's figures are known well enough. */
export function untilOptions(): Option[] {
  return [
    new Option(
      '--until <targets>',
      `repeat what isn't known so well, after ${MIN_REPEATS} repeats: 'ci<=2%' (half of the rate's 95 % interval), or such as 'ci<=2%,p99:ci<=5%'`,
    ).argParser(targetsParser()),
    new Option(
      '--max-repeats <n>',
      `with --until: the most repeats of a cell (default: ${DEFAULT_MAX_REPEATS})`,
    ).argParser((text) => parseWhole(text, { min: MIN_REPEATS, max: MAX_REPEATS }, 'a number of repeats')),
  ];
}

/** Given several times, the lists are joined. */
function targetsParser(): (text: string) => UntilTarget[] {
  const given: UntilTarget[] = [];
  return (text) => {
    for (const part of text.split(',')) {
      const target = parseUntil(part);
      if ('problem' in target) throw new InvalidArgumentError(target.problem);
      given.push(target);
    }
    return given;
  };
}

/**
 * What {@link untilOptions} ask for.
 * @returns null for none
 * @throws UsageError where the numbers of repeats don't fit together
 */
export function untilChoice({ until, maxRepeats, repeats }: UntilFlags & Pick<CellOptions, 'repeats'>): Until | null {
  if (until === undefined) {
    if (maxRepeats === undefined) return null;
    throw new UsageError(
      '--max-repeats is for a run that is repeated --until it is known',
      'add --until, or use --repeats',
    );
  }
  const least = repeats ?? MIN_REPEATS;
  const most = maxRepeats ?? Math.max(DEFAULT_MAX_REPEATS, least);
  if (least < MIN_REPEATS) {
    throw new UsageError(
      `--until needs at least ${MIN_REPEATS} repeats to tell how well a figure is known, not ${least}`,
      'leave --repeats out, or give a larger number',
    );
  }
  if (least > most) {
    throw new UsageError(
      `--max-repeats ${most} is less than the ${least} repeats to begin with`,
      `give at least ${least}, or a smaller number of --repeats`,
    );
  }
  return { targets: until, minRepeats: least, maxRepeats: most };
}
