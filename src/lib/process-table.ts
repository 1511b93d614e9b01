import { readdirSync, readFileSync } from 'node:fs';

/** One row of the kernel's process table. */
export interface ProcessRow {
  pid: number;
  parentPid: number;
  session: number;
  state: string;
  /** When it started, in clock ticks since boot. With the PID, it names a process that no other one is. */
  startTicks: number;
}

/** Of `starttime`, which is field 22 and the 20th after the command name, in proc(5). */
const START_TICKS = 19;

/**
 * Parse `/proc/PID/stat`. The command name stands in parentheses and may hold spaces and parentheses itself, so the
 * fields are counted from the last `)`.
 */
export function parseStat(text: string): ProcessRow | null {
  const close = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  if (close < 0 || Number.isNaN(pid)) return null;
  const fields = text.slice(close + 2).split(' ');
  const [state, parent, , session] = fields;
  const startTicks = fields[START_TICKS];
  if (state === undefined || parent === undefined || session === undefined || startTicks === undefined) return null;
  return { pid, state, parentPid: Number(parent), session: Number(session), startTicks: Number(startTicks) };
}

/** One process; null where it has ended. */
export function readProcess(pid: number): ProcessRow | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** Every process of this machine right now. Linux only; processes that end while we read are left out. */
export function readProcessTable(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    if (name.charCodeAt(0) < 48 || name.charCodeAt(0) > 57) continue;
    const row = readProcess(Number(name));
    // Null: it ended between the listing and the reading.
    if (row) rows.push(row);
  }
  return rows;
}

/**
 * The living processes that belong to `root`: itself, which comes first, its descendants, and everything in the session
 * it leads, which also catches a daemon that let its parent die.
 */
export function treeOf(root: number, table: readonly ProcessRow[]): number[] {
  const living = membersOf(new Set([root]), new Set([root]), table);
  return rootFirst(root, living);
}

/**
 * The living processes among `pids`, in `sessions`, and below any of these. Zombies have no memory and run nothing, so
 * they don't count.
 */
export function membersOf(
  pids: ReadonlySet<number>,
  sessions: ReadonlySet<number>,
  table: readonly ProcessRow[],
): ProcessRow[] {
  const members = new Set(pids);
  for (const row of table) if (sessions.has(row.session)) members.add(row.pid);
  // Parents usually stand before their children, but PIDs wrap: repeat until nothing is added.
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of table) {
      if (!members.has(row.pid) && members.has(row.parentPid)) {
        members.add(row.pid);
        grew = true;
      }
    }
  }
  return table.filter((row) => members.has(row.pid) && row.state !== 'Z' && row.state !== 'X');
}

/** PIDs with the main process first. */
export function rootFirst(root: number, rows: readonly ProcessRow[]): number[] {
  return rows.map((row) => row.pid).sort((a, b) => Number(b === root) - Number(a === root));
}
