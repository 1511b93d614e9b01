import type { Roots } from '../../lib/roots.js';
import { allProfilers, type Profilers } from '../../profilers/profilers.js';

/** Every profiler, with the programs that `setup` installed for them. */
export function profilersHere(roots: Roots): Profilers {
  return allProfilers({ toolInstalls: roots.toolInstalls });
}
