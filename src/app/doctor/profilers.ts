import type { Roots } from '../../lib/roots.js';
import { profilersHere } from '../flame/available-profilers.js';
import type { Check } from './check.js';

/** Which profilers can work here; a benchmark needs none of them. */
export async function profilerChecks(roots: Roots): Promise<Check[]> {
  const checks: Check[] = [];
  for (const profiler of profilersHere(roots).values()) {
    const subject = `profiler ${profiler.name}`;
    const missing = await profiler.unavailable(null);
    checks.push(
      missing
        ? { subject, verdict: 'warn', message: missing.reason, hint: missing.hint }
        : { subject, verdict: 'ok', message: profiler.title },
    );
  }
  return checks;
}
