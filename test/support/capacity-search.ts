import type { CapacitySearch, Objective } from '../../src/model/capacity.js';
import { parseObjective } from '../../src/plan/parse-objective.js';

/** An objective that is one. */
export function objectiveOf(text: string): Objective {
  const parsed = parseObjective(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

/** A search for these objectives, of nginx unless told. */
export function searchOf(texts: readonly string[], over: Partial<CapacitySearch> = {}): CapacitySearch {
  return {
    objectives: texts.map(objectiveOf),
    subjects: ['nginx'],
    direct: null,
    unit: 'vus',
    from: 10,
    max: 5000,
    precisionShare: 0.1,
    minRepeats: 3,
    maxRepeats: 6,
    maxWindows: 25,
    ...over,
  };
}
