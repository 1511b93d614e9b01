import { chmod } from 'node:fs/promises';
import { messageOf, UsageError } from '../../lib/errors.js';
import { storageError } from '../../store/atomic-file.js';
import { makeFolder } from '../../store/make-folder.js';
import { type LockHolder, type ProcessLock, takeLock } from '../../store/process-lock.js';

/** The same for every user of a machine: two of them disturb each other no less. */
const LOCK_FOLDER = '/tmp/gatebench-locks';

/**
 * Make sure that nothing else measures on this machine.
 * @param what for people who try it meanwhile: `bench, results in /home/me/results`
 * @param allowConcurrent measure all the same
 * @throws UsageError that names the other, unless that is allowed
 */
export async function lockMachine(
  what: string,
  { allowConcurrent, status }: { allowConcurrent: boolean; status: (text: string) => void },
): Promise<ProcessLock> {
  const folder = process.env.GATEBENCH_LOCK_DIR || LOCK_FOLDER;
  let lock: Awaited<ReturnType<typeof takeLock>>;
  try {
    // Others make files of their own there, and remove no one else's.
    if (await makeFolder(folder)) await chmod(folder, 0o1777);
    lock = await takeLock(folder, what, { shared: allowConcurrent });
  } catch (error) {
    status(`can't tell whether something else is measured on this machine: ${messageOf(error)}`);
    return { others: [], release: () => {} };
  }
  if ('heldBy' in lock) {
    const { heldBy } = lock;
    throw new UsageError(
      `another measurement is in progress on this machine (${formatHolder(heldBy)}): both would be wrong`,
      `wait until it has ended, or pass --allow-concurrent${formatRemoval(heldBy)}`,
    );
  }
  for (const other of lock.others) {
    status(`another measurement is in progress on this machine: ${formatHolder(other)}`);
  }
  return lock;
}

/** Make sure that nothing else writes to this run. @throws UsageError that names the process that does */
export async function lockRun(path: string): Promise<ProcessLock> {
  let lock: Awaited<ReturnType<typeof takeLock>>;
  try {
    lock = await takeLock(path, path);
  } catch (error) {
    throw storageError(path, error);
  }
  if (!('heldBy' in lock)) return lock;
  const { heldBy } = lock;
  throw new UsageError(
    `this run is in progress (PID ${heldBy.pid}${heldBy.elsewhere ? ` on ${heldBy.hostname}` : ''}): ${path}`,
    `wait until it has ended, or end it${formatRemoval(heldBy)}`,
  );
}

function formatHolder({ pid, hostname, what, elsewhere }: LockHolder): string {
  return `PID ${pid}${elsewhere ? ` on ${hostname}` : ''}: ${what}`;
}

/** Only where nobody can tell here whether it still runs. */
function formatRemoval({ elsewhere, file }: LockHolder): string {
  return elsewhere ? `; if it ended without removing its lock, remove ${file}` : '';
}
