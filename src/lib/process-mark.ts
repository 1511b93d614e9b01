import { readFileSync, readlinkSync } from 'node:fs';
import { type ProcessRow, readProcess } from './process-table.js';
import { sha256 } from './sha256.js';

/** Environment variable of everything that gatebench starts. What inherits it belongs to that start, wherever it went. */
export const MARK_VARIABLE = 'GATEBENCH_RUN';

/** Who started something: this process, by a name that no other process gets before this machine boots again. */
export interface Owner {
  /** Of this boot and this PID namespace: PIDs mean nothing elsewhere. */
  machine: string;
  pid: number;
  /** When it started, in clock ticks since boot: PIDs are reused. */
  startTicks: number;
}

let own: Owner | null = null;
let starts = 0;

/** This process, for the names of {@link parseOwner}. */
export function ownerName(): string {
  own ??= { machine: machineName(), pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0 };
  return `${own.machine}-${own.pid}-${own.startTicks}`;
}

/** A mark for one start, such as `5f0c9a1e-4711-86123-3`. */
export function newMark(): string {
  starts += 1;
  return `${ownerName()}-${starts}`;
}

/** The owner that a mark or a name begins with; null where it is none. */
export function parseOwner(text: string): Owner | null {
  const parts = /^([0-9a-f]{8})-(\d+)-(\d+)(?:-|$)/.exec(text);
  if (parts === null) return null;
  const [, machine = '', pid, startTicks] = parts;
  return { machine, pid: Number(pid), startTicks: Number(startTicks) };
}

/** Whether an owner lived on this machine and is dead. What comes from elsewhere can't be known, so it is no. */
export function isDeadOwner(owner: Owner): boolean {
  if (owner.machine !== machineName() || owner.machine === UNKNOWN || owner.pid === process.pid) return false;
  const row = readProcess(owner.pid);
  return row === null || row.startTicks !== owner.startTicks || row.state === 'Z' || row.state === 'X';
}

interface KnownMark {
  startTicks: number;
  mark: string | null;
}

/** By PID. An environment is read once for each process: it stays as it was. */
let known = new Map<number, KnownMark>();

/**
 * The marks of processes, by PID, as far as their environment may be read. A program that writes its title over its
 * environment, as nginx does, has none.
 */
export function marksIn(table: readonly ProcessRow[]): Map<number, string> {
  const marks = new Map<number, string>();
  const next = new Map<number, KnownMark>();
  for (const row of table) {
    const before = known.get(row.pid);
    const entry = before?.startTicks === row.startTicks ? before : readMark(row);
    if (entry === null) continue;
    next.set(row.pid, entry);
    if (entry.mark !== null) marks.set(row.pid, entry.mark);
  }
  known = next;
  return marks;
}

/** Children of kthreadd: threads of the kernel, without an environment. */
const KTHREADD = 2;

/** Null where it should be read again: a process in the middle of exec has no environment for a moment. */
function readMark({ pid, parentPid, startTicks, state }: ProcessRow): KnownMark | null {
  const none = { startTicks, mark: null };
  if (parentPid === KTHREADD || pid === KTHREADD || state === 'Z') return none;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // Gone, or another user's.
    return none;
  }
  if (text === '') return null;
  const at = `\0${text}`.indexOf(`\0${MARK_VARIABLE}=`);
  return at < 0 ? none : { startTicks, mark: text.slice(at + MARK_VARIABLE.length + 1).split('\0', 1)[0] ?? null };
}

let machine: string | null = null;

function machineName(): string {
  machine ??= readMachineName();
  return machine;
}

const UNKNOWN = '00000000';

function readMachineName(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return sha256(`${boot} ${readlinkSync('/proc/self/ns/pid')}`).slice(0, 8);
  } catch {
    // Not a Linux, where nothing is started to be measured.
    return UNKNOWN;
  }
}
