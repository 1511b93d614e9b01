import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findControlGroups } from './control-group.js';
import { readLeaders } from './leader-file.js';
import { commandLineOf } from './listeners.js';
import { killPids, withRelations } from './owned-processes.js';
import { isDeadOwner, marksIn, parseOwner } from './process-mark.js';
import { type ProcessRow, readProcessTable } from './process-table.js';
import { waitUntil } from './sleep.js';
import { FOLDER_PREFIX } from './temporary-folder.js';

const KILL_TIMEOUT_MS = 5_000;

/** What a gatebench that was killed has left on this machine, and is gone now. */
export interface EndedOrphans {
  /** Names of programs, with their PIDs. */
  processes: { pid: number; program: string }[];
  /** Temporary folders. */
  folders: string[];
}

/**
 * End the processes and remove the temporary folders of gatebench processes that no longer live. What isn't marked as
 * theirs, or belongs to one that lives, is left alone.
 */
export async function endOrphans(): Promise<EndedOrphans> {
  const folders = await foldersOfTheDead();
  const groups = [...findControlGroups()].filter(([mark]) => isOrphaned(mark)).map(([, group]) => group);
  const table = readProcessTable();
  const orphans = findOrphans(
    table,
    groups.flatMap((group) => group.pids()),
    folders,
  );
  const processes = orphans.map(({ pid }) => ({ pid, program: programOf(pid) }));
  const isLeft = (now: ProcessRow[], { pid, startTicks }: ProcessRow) =>
    now.some((row) => row.pid === pid && row.startTicks === startTicks && row.state !== 'Z');
  killPids(orphans.map(({ pid }) => pid));
  let left = orphans;
  await waitUntil(() => {
    const now = readProcessTable();
    left = orphans.filter((orphan) => isLeft(now, orphan));
    return left.length === 0;
  }, KILL_TIMEOUT_MS);
  for (const group of groups) group.remove();
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  return { processes: processes.filter(({ pid }) => !left.some((row) => row.pid === pid)), folders };
}

function isOrphaned(mark: string): boolean {
  const owner = parseOwner(mark);
  return owner !== null && isDeadOwner(owner);
}

function findOrphans(table: ProcessRow[], grouped: readonly number[], folders: readonly string[]): ProcessRow[] {
  const marks = marksIn(table);
  const certain = new Set(grouped);
  for (const [pid, mark] of marks) if (isOrphaned(mark)) certain.add(pid);
  const byPid = new Map(table.map((row) => [row.pid, row]));
  for (const leader of folders.flatMap(readLeaders)) {
    const living = byPid.get(leader.pid);
    if (living?.startTicks === leader.startTicks) certain.add(leader.pid);
    if (living !== undefined) continue;
    // A dead leader's number isn't given to another process while its session lives.
    for (const { pid, session, startTicks } of table) {
      if (session === leader.pid && startTicks >= leader.startTicks) certain.add(pid);
    }
  }
  const spared = ancestorsOf(process.pid, byPid);
  const rows = table.filter(({ pid, state }) => certain.has(pid) && !spared.has(pid) && state !== 'Z');
  return withRelations(null, rows, table).filter(({ pid }) => !spared.has(pid));
}

/** A process, its parent, and so on. */
function ancestorsOf(pid: number, byPid: ReadonlyMap<number, ProcessRow>): Set<number> {
  const found = new Set<number>();
  for (let row = byPid.get(pid); row !== undefined && !found.has(row.pid); row = byPid.get(row.parentPid)) {
    found.add(row.pid);
  }
  return found;
}

/** Temporary folders whose owner is dead. Nobody but this user can have made them. */
async function foldersOfTheDead(): Promise<string[]> {
  const names = await readdir(tmpdir()).catch(() => []);
  const folders: string[] = [];
  for (const name of names) {
    if (!name.startsWith(FOLDER_PREFIX) || !isOrphaned(name.slice(FOLDER_PREFIX.length))) continue;
    const path = join(tmpdir(), name);
    const facts = await lstat(path).catch(() => null);
    if (facts?.isDirectory() && facts.uid === process.geteuid?.()) folders.push(path);
  }
  return folders;
}

/** `nginx` of `nginx: master process /usr/sbin/nginx -g …`. */
function programOf(pid: number): string {
  const [word = ''] = (commandLineOf(pid) ?? '').split(' ');
  return basename(word).replace(/:$/, '') || 'unknown';
}
