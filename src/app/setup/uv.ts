import { findUv } from '../../install/lock-files.js';
import { ExpectedError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { installAll } from './install-all.js';

/** Finds uv, which makes lock files of Python packages, and installs it first where it is missing. */
export function uvFor(
  roots: Roots,
  { signal, status }: { signal: AbortSignal; status: (text: string) => void },
): () => Promise<string> {
  return async () => {
    const found = findUv(roots.toolInstalls);
    if (found !== null) return found;
    await installAll({ labels: ['uv'], force: false, verbose: false }, { roots, signal, status });
    const installed = findUv(roots.toolInstalls);
    if (installed !== null) return installed;
    throw new ExpectedError('uv, which makes the lock file, could not be installed', 'gatebench setup uv --verbose');
  };
}
