import { makeControlGroup, type NewControlGroup } from './control-group.js';
import { MARK_VARIABLE, marksIn, newMark } from './process-mark.js';
import { membersOf, type ProcessRow, readProcessTable, rootFirst } from './process-table.js';

/**
 * All processes of one start: the tree and session of its main process, what carries its mark in the environment, what
 * is in its control group where there is one, and whatever was any of these before. A program that forks twice and
 * leads a new session is in none of the first two; one that clears its environment too is in the group alone.
 */
export class OwnedProcesses {
  /** For the environment of the main process. */
  readonly environment: Record<string, string>;
  readonly #mark = newMark();
  /** Start times of all that were seen, by PID. */
  readonly #seen = new Map<number, number>();
  #root: number | null = null;
  readonly #group: NewControlGroup | null;

  /** @param grouped also in a control group, where one can be made */
  constructor(grouped: boolean) {
    this.environment = { [MARK_VARIABLE]: this.#mark };
    this.#group = grouped ? makeControlGroup(this.#mark) : null;
  }

  /** Run what starts the main process, with {@link environment}, and returns its PID. */
  start<T extends { pid?: number | undefined }>(spawn: () => T): T {
    const child = this.#group === null ? spawn() : this.#group.inside(spawn);
    this.#root = child.pid ?? null;
    return child;
  }

  /** The living ones, the main process first. */
  pids(table: ProcessRow[] = readProcessTable()): number[] {
    const root = this.#root;
    if (root === null) return [];
    const marks = marksIn(table);
    const group = new Set(this.#group?.pids());
    const certain = table.filter(
      ({ pid, startTicks }) => marks.get(pid) === this.#mark || group.has(pid) || this.#seen.get(pid) === startTicks,
    );
    const members = withRelations(root, certain, table);
    this.#seen.clear();
    for (const { pid, startTicks } of members) this.#seen.set(pid, startTicks);
    return rootFirst(root, members);
  }

  /** SIGKILL all of them. */
  kill(): void {
    killPids(this.pids());
  }

  /** Forget them, once they have ended. */
  end(): void {
    this.#group?.remove();
  }
}

/**
 * Processes that are known to belong to a start, all below them, and all in the sessions that they lead or led.
 * @param leader of the start's first session; null where it isn't known
 */
export function withRelations(
  leader: number | null,
  certain: readonly ProcessRow[],
  table: readonly ProcessRow[],
): ProcessRow[] {
  const roots = new Set(certain.map(({ pid }) => pid));
  if (leader !== null) roots.add(leader);
  const living = new Set(table.filter(({ state }) => state !== 'Z').map(({ pid }) => pid));
  // 0 is a leader that can't be seen from this PID namespace. It doesn't lead a session of theirs.
  living.add(0);
  // Nor does anybody else who lives, such as the shell of a terminal.
  const sessions = new Set(
    [...roots, ...certain.map(({ session }) => session)].filter(
      (session) => roots.has(session) || !living.has(session),
    ),
  );
  return membersOf(roots, sessions, table).filter(({ pid }) => pid !== process.pid);
}

/** SIGKILL processes, except this one. */
export function killPids(pids: readonly number[]): void {
  for (const pid of pids) {
    if (pid === process.pid) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}
