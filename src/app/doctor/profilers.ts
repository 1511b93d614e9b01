import type { Roots } from '../../lib/roots.js';
import { profilersHere } from '../flame/available-profilers.js';
import type { Check, Missing } from './check.js';

export interface ProfilerFacts {
  name: string;
  title: string;
  /** Null where it can run. */
  unavailable: Missing | null;
}

export function readProfilerFacts(roots: Roots): Promise<ProfilerFacts[]> {
  const profilers = [...profilersHere(roots).values()];
  return Promise.all(
    profilers.map(async (profiler) => ({
      name: profiler.name,
      title: profiler.title,
      unavailable: await profiler.unavailable(null),
    })),
  );
}

/** Which profilers can run here; a benchmark needs none of them. */
export function profilerChecks(profilers: readonly ProfilerFacts[]): Check[] {
  return profilers.map(({ name, title, unavailable }) => {
    const subject = `profiler ${name}`;
    return unavailable === null
      ? { subject, verdict: 'ok', message: title }
      : { subject, verdict: 'warn', message: unavailable.reason, hint: unavailable.hint };
  });
}
