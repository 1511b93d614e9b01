import { InvalidArgumentError, Option } from 'commander';
import type { CapacityRequest } from '../../app/bench/plan-capacity.js';
import { UsageError } from '../../lib/errors.js';
import { MAX_RATE_PER_SEC } from '../../model/bounds.js';
import type { Objective } from '../../model/capacity.js';
import { frontierObjectives, parseObjective } from '../../plan/parse-objective.js';
import { parseWhole } from './cell-options.js';

const FRONTIER_MS = [1, 5, 10, 50, 100];
const DEFAULT_MAX_VUS = 2_000;
const DEFAULT_FROM_PER_SEC = 100;
const DEFAULT_MAX_PER_SEC = 20_000;
const DEFAULT_PRECISION_PERCENT = 10;
/** Doubling to a few hundred VUs takes 6 windows, halving to 10 % takes 3, deciding both sides 3 to 6 each. */
const DEFAULT_MAX_WINDOWS = 25;
/** Of several objectives: each further one needs two sides of its own. */
const WINDOWS_PER_FURTHER = 10;
const MAX_MAX_WINDOWS = 1_000;
const MIN_REPEATS = 3;
const MAX_REPEATS = 6;

/** What {@link capacityOptions} parse to. */
export interface CapacityFlags {
  objective?: Objective[];
  frontier?: true;
  from?: number;
  open?: true;
  max?: number;
  precision: number;
  maxWindows?: number;
}

/** What is searched, and how finely. */
export function capacityOptions(): Option[] {
  return [
    new Option(
      '--objective <objective>',
      "what a gateway has to keep: 'p99<=100ms, errors<0.1%', or what it adds to direct: 'added-p99<=10ms'; may be given several times",
    ).argParser(objectivesParser()),
    new Option(
      '--frontier',
      `the load at added p99 of at most ${FRONTIER_MS.join(', ')} ms and under 0.1 % errors, from one campaign`,
    ),
    new Option(
      '--open',
      'search requests a second of an open loop, whose latency counts from when a request was due, instead of VUs',
    ),
    new Option(
      '--from <level>',
      `where the search begins: VUs, or requests a second (default: the scenario's lowest VU count, or ${DEFAULT_FROM_PER_SEC} requests a second)`,
    ).argParser(parseLevel),
    new Option(
      '--max <level>',
      `where it ends if nothing fails (default: ${DEFAULT_MAX_VUS} VUs, ${DEFAULT_MAX_PER_SEC} requests a second)`,
    ).argParser(parseLevel),
    new Option('--precision <percent>', 'how near the last level that passes and the first that fails are to be')
      .argParser((text) => parseWhole(text.replace(/\s*%$/, ''), { min: 1, max: 100 }, 'a precision in percent'))
      .default(DEFAULT_PRECISION_PERCENT, `${DEFAULT_PRECISION_PERCENT}%`),
    new Option(
      '--max-windows <n>',
      `the most windows of a gateway (default: ${DEFAULT_MAX_WINDOWS}, and ${WINDOWS_PER_FURTHER} for each further objective)`,
    ).argParser((text) => parseWhole(text, { min: 1, max: MAX_MAX_WINDOWS }, 'a number of windows')),
  ];
}

/** What {@link capacityOptions} ask for. @throws UsageError without an objective */
export function capacityRequest(flags: CapacityFlags): CapacityRequest {
  const objectives = [...(flags.objective ?? []), ...(flags.frontier ? frontierObjectives(FRONTIER_MS) : [])];
  if (objectives.length === 0) {
    throw new UsageError(
      'no objective: the most load of what?',
      "say what a gateway has to keep, such as --objective 'p99<=100ms, errors<0.1%', or pass --frontier",
    );
  }
  return {
    objectives,
    from: flags.from,
    max: flags.max ?? (flags.open ? DEFAULT_MAX_PER_SEC : DEFAULT_MAX_VUS),
    precisionShare: flags.precision / 100,
    minRepeats: MIN_REPEATS,
    maxRepeats: MAX_REPEATS,
    maxWindows: flags.maxWindows ?? DEFAULT_MAX_WINDOWS + WINDOWS_PER_FURTHER * (objectives.length - 1),
  };
}

/** Levels that make the loop the one that is searched. */
export function capacityLevels({ open, from }: CapacityFlags): { ratePerSec?: number[] } {
  return open ? { ratePerSec: [from ?? DEFAULT_FROM_PER_SEC] } : {};
}

/** Given several times, each is an objective of its own. */
function objectivesParser(): (text: string) => Objective[] {
  const given: Objective[] = [];
  return (text) => {
    const objective = parseObjective(text);
    if ('problem' in objective) throw new InvalidArgumentError(objective.problem);
    if (given.some(({ text: other }) => other === objective.text)) {
      throw new InvalidArgumentError(`"${objective.text}" is given twice`);
    }
    given.push(objective);
    return given;
  };
}

function parseLevel(text: string): number {
  return parseWhole(text, { min: 1, max: MAX_RATE_PER_SEC }, 'a level of load');
}
