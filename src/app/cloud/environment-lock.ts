import { ExpectedError } from '../../lib/errors.js';
import { type ProcessLock, takeLock } from '../../store/process-lock.js';

/**
 * Let one process at a time make or remove an environment.
 * @param path its folder, which exists
 * @param what for whoever is refused: `cloud up`
 * @throws ExpectedError that names who holds it
 */
export async function lockEnvironment(path: string, name: string, what: string): Promise<ProcessLock> {
  const lock = await takeLock(path, what);
  if (!('heldBy' in lock)) return lock;
  const { heldBy } = lock;
  throw new ExpectedError(
    `environment "${name}" is being worked on by another gatebench: ${heldBy.what}, PID ${heldBy.pid}${heldBy.elsewhere ? ` on ${heldBy.hostname}` : ''}`,
    heldBy.elsewhere
      ? `wait for it; if it no longer runs there, remove ${heldBy.file}`
      : 'wait for it, or interrupt it in its terminal: `cloud up` then removes what it has made',
  );
}
