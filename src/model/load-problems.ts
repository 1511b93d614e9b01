import type { ArrivalDistribution } from './arrivals.js';

/** A load as its scenario has it, before anything is known of how its fields go together. */
interface LoadFields {
  model: 'closed' | 'open';
  vus: readonly number[];
  ratePerSec?: readonly number[] | undefined;
  arrivals?: ArrivalDistribution | undefined;
  speed?: readonly number[] | undefined;
  maxInFlight?: number | undefined;
  stages?:
    | readonly { durationS: number; vus?: number | undefined; ratePerSec?: number | undefined; ramp: boolean }[]
    | undefined;
  warmupS: number;
  durationS: number;
}

interface Problem {
  path: (string | number)[];
  message: string;
}

/** What is wrong with how the fields of a load go together. */
export function loadProblems(load: LoadFields): Problem[] {
  const { model, vus, ratePerSec, arrivals, speed, stages, durationS } = load;
  const problems: Problem[] = [];
  const add = (field: string, message: string) => problems.push({ path: [field], message });
  if (model === 'open') {
    if (vus.length > 0) add('vus', 'an open loop has a rate and no VUs: give ratePerSec, or leave model out');
    if (arrivals === 'recorded') {
      if (stages !== undefined) add('stages', 'recorded arrivals come at the rates of their file: leave this out');
      if (speed !== undefined && ratePerSec !== undefined)
        add('speed', 'it is what the rate follows from: give one of them');
    } else {
      if (speed !== undefined) add('speed', 'only recorded arrivals have it: add "arrivals: recorded"');
      if (ratePerSec === undefined && stages === undefined) add('ratePerSec', 'an open loop needs its rate, or stages');
    }
  } else {
    if (vus.length === 0 && stages === undefined) add('vus', 'required');
    for (const field of ['ratePerSec', 'arrivals', 'speed', 'maxInFlight'] as const) {
      if (load[field] !== undefined) add(field, 'only an open loop has it: add "model: open"');
    }
  }
  if (stages === undefined) {
    if (durationS === 0) add('durationS', 'required');
    return problems;
  }
  if (vus.length > 0) add('vus', 'with stages, each of them has its own');
  if (ratePerSec !== undefined) add('ratePerSec', 'with stages, each of them has its own');
  return [...problems, ...stageProblems(load, stages)];
}

function stageProblems(
  { model, warmupS, durationS }: LoadFields,
  stages: NonNullable<LoadFields['stages']>,
): Problem[] {
  const [own, other] = model === 'open' ? (['ratePerSec', 'vus'] as const) : (['vus', 'ratePerSec'] as const);
  const problems = stages.flatMap((stage, at): Problem[] => [
    ...(stage[own] === undefined ? [{ path: ['stages', at, own], message: `a stage of this loop needs it` }] : []),
    ...(stage[other] !== undefined ? [{ path: ['stages', at, other], message: `not in a loop that is ${model}` }] : []),
  ]);
  const totalS = stages.reduce((sum, stage) => sum + stage.durationS, 0);
  if (stages[0]?.ramp === true) problems.push({ path: ['stages', 0, 'ramp'], message: 'there is no stage before it' });
  if (!Number.isInteger(warmupS)) problems.push({ path: ['warmupS'], message: 'whole seconds, if there are stages' });
  if (durationS !== totalS) {
    problems.push({ path: ['durationS'], message: `the stages last ${totalS} s together: leave durationS out` });
  }
  return problems;
}
