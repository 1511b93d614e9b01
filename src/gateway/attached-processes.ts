import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { UsageError } from '../lib/errors.js';
import { commandLineOf, isListening, listenersOf } from '../lib/listeners.js';
import { membersOf, type ProcessRow, readProcess, readProcessTable, rootFirst } from '../lib/process-table.js';

/** Programs that hold a port for a container, and pass on what comes to it. */
const FORWARDERS = ['docker-proxy', 'rootlesskit', 'rootlessport', 'slirp4netns', 'pasta', 'gvproxy'];

/** The processes of a gateway that ran before us, or why they aren't known. */
export type AttachedProcesses =
  | {
      known: true;
      /** The topmost ones: one, unless several programs that are no relations share the port. */
      roots: ProcessRow[];
      /** `PID 4711 (nginx: master process nginx)`. */
      description: string;
    }
  | { known: false; reason: string; hint: string };

/**
 * Find the processes that CPU and memory are measured of.
 * @param pid as the user gave it; null to look for those that listen on the port
 * @throws UsageError where the PID is no process, or an ancestor of this one
 */
export function findAttached(origin: string, pid: number | null): AttachedProcesses {
  const table = readProcessTable();
  if (pid !== null) return { known: true, ...described([ownRoot(pid, table)]) };
  const port = portOf(origin);
  if (!isOnThisMachine(origin)) {
    return {
      known: false,
      reason: `${origin} is another machine`,
      hint: 'measure there to have CPU and memory, or give --pid if its process is here all the same',
    };
  }
  const holders = new Set(listenersOf(port));
  if (holders.size === 0) {
    return {
      known: false,
      reason: `the process that listens on port ${port} can't be seen`,
      hint: 'give its --pid, or measure as the user that runs it',
    };
  }
  const roots = table.filter((row) => holders.has(row.pid) && !holders.has(row.parentPid));
  const forwarder = roots.map((row) => nameOf(row.pid)).find((name) => FORWARDERS.includes(name));
  if (forwarder !== undefined) {
    return {
      known: false,
      reason: `port ${port} is held by ${forwarder}, which passes on to a container`,
      hint: `give the --pid of the program in it: docker inspect --format '{{.State.Pid}}' <container>`,
    };
  }
  return { known: true, ...described(roots) };
}

/** The living processes of these roots: themselves, what is below them, and the sessions that they lead. */
export function attachedTree(roots: readonly ProcessRow[], table: ProcessRow[] = readProcessTable()): number[] {
  const own = new Set(roots.filter((root) => isAlive(root, table)).map((root) => root.pid));
  const sessions = new Set(
    roots.filter((root) => own.has(root.pid) && root.session === root.pid).map(({ pid }) => pid),
  );
  const members = membersOf(own, sessions, table).filter(({ pid }) => pid !== process.pid);
  return rootFirst(roots[0]?.pid ?? 0, members);
}

/** Whether it still runs, and isn't another process that got its PID. */
export function isAlive(root: ProcessRow, table?: readonly ProcessRow[]): boolean {
  const row = table === undefined ? readProcess(root.pid) : table.find(({ pid }) => pid === root.pid);
  return row?.startTicks === root.startTicks && row.state !== 'Z' && row.state !== 'X';
}

/** Whether requests to this address stay on this machine. */
export function isOnThisMachine(origin: string): boolean {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}

/** Whether somebody listens where a gateway of this machine is to. */
export function isAttachedListening(origin: string): boolean {
  return isListening(portOf(origin));
}

/** The port of an origin, which leaves out the default one. */
export function portOf(origin: string): number {
  const { port, protocol } = new URL(origin);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function ownRoot(pid: number, table: ProcessRow[]): ProcessRow {
  const row = table.find((each) => each.pid === pid && each.state !== 'Z');
  if (row === undefined) {
    throw new UsageError(
      `--pid ${pid}: there is no such process`,
      'see `ps -e`, or leave --pid out to find it by its port',
    );
  }
  if (membersOf(new Set([pid]), new Set(), table).some((member) => member.pid === process.pid)) {
    throw new UsageError(
      `--pid ${pid}: gatebench itself runs below this process, so it would be measured too`,
      "give the gateway's own main process",
    );
  }
  return row;
}

function described(roots: ProcessRow[]): { roots: ProcessRow[]; description: string } {
  const each = roots.map(({ pid }) => `PID ${pid} (${commandLineOf(pid)?.slice(0, 80) ?? nameOf(pid)})`);
  return { roots, description: each.join(' and ') };
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '?';
  }
}
