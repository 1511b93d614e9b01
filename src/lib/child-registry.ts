import { readProcessTable, treeOf } from './process-table.js';

/** Session leaders that we started and that may still live: the last resort when the harness itself has to end at once. */
const leaders = new Set<number>();

/** Remember a detached child until {@link forget}. */
export function remember(pid: number): void {
  leaders.add(pid);
}

export function forget(pid: number): void {
  leaders.delete(pid);
}

/** Callbacks that end what isn't a child process, such as a container, whose processes belong to its engine. */
const enders = new Set<() => void>();

/**
 * Register something to end on exit that isn't a child process. `end` must be synchronous.
 * @returns forgets it again
 */
export function rememberEnder(end: () => void): () => void {
  enders.add(end);
  return () => enders.delete(end);
}

/** SIGKILL every process of a tree. The root's PID must be one we started. */
export function killTree(root: number): void {
  for (const pid of treeOf(root, readProcessTable())) {
    if (pid === process.pid) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

/** SIGKILL everything that was started and not yet seen to end. Synchronous, so that an exit handler can call it. */
export function killAllChildren(): void {
  for (const pid of leaders) killTree(pid);
  for (const end of enders) end();
}
