import { readdirSync, readFileSync } from 'node:fs';

/** One row of the kernel's process table. */
export interface ProcessRow {
  pid: number;
  parentPid: number;
  session: number;
  state: string;
}

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
  if (state === undefined || parent === undefined || session === undefined) return null;
  return { pid, state, parentPid: Number(parent), session: Number(session) };
}

/** Every process of this machine right now. Linux only; processes that end while we read are left out. */
export function readProcessTable(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    if (name.charCodeAt(0) < 48 || name.charCodeAt(0) > 57) continue;
    try {
      const row = parseStat(readFileSync(`/proc/${name}/stat`, 'latin1'));
      if (row) rows.push(row);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return rows;
}

/**
 * The living processes that belong to `root`: itself, which comes first, its descendants, and everything in the session
 * it leads, which also catches a daemon that let its parent die. Zombies have no memory and run nothing, so they don't
 * count.
 */
export function treeOf(root: number, table: ProcessRow[]): number[] {
  const members = new Set<number>([root]);
  for (const row of table) if (row.session === root) members.add(row.pid);
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
  const living = table.filter((row) => members.has(row.pid) && row.state !== 'Z' && row.state !== 'X');
  return living.map((row) => row.pid).sort((a, b) => Number(b === root) - Number(a === root));
}
