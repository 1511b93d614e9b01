import { type Leader, saveLeaders } from './leader-file.js';
import { killPids } from './owned-processes.js';
import { readProcess, readProcessTable, treeOf } from './process-table.js';

/** Session leaders that we started and that may still live: the last resort when the harness itself has to end at once. */
const leaders = new Map<number, Leader>();

/** Remember a detached child until {@link forget}. */
export function remember(pid: number): void {
  const row = readProcess(pid);
  if (row === null) return;
  leaders.set(pid, { pid, startTicks: row.startTicks });
  saveLeaders([...leaders.values()]);
}

export function forget(pid: number): void {
  if (leaders.delete(pid)) saveLeaders([...leaders.values()]);
}

/** Callbacks that end what isn't found by a leader, such as a container, whose processes belong to its engine. */
const enders = new Set<() => void>();

/**
 * Register something to end on exit that isn't found by a leader. `end` must be synchronous.
 * @returns forgets it again
 */
export function rememberEnder(end: () => void): () => void {
  enders.add(end);
  return () => enders.delete(end);
}

/** SIGKILL every process of a tree. The root's PID must be one we started. */
export function killTree(root: number): void {
  killPids(treeOf(root, readProcessTable()));
}

/** SIGKILL everything that was started and not yet seen to end. Synchronous, so that an exit handler can call it. */
export function killAllChildren(): void {
  for (const pid of leaders.keys()) killTree(pid);
  for (const end of enders) end();
  leaders.clear();
  saveLeaders([]);
}
