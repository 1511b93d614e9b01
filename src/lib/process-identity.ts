import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from './errors.js';

/** A process so that no later one is taken for it: PIDs are given again, and a machine that was started anew has none of the old ones. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the kernel's ticks since the boot. */
  startTicks: number;
  bootId: string;
  /** The kernel's name for the set of PIDs that it is part of: containers have their own. */
  pidNamespace: string;
  hostname: string;
}

export type Liveness =
  | 'alive'
  | 'ended'
  /** It belongs to another machine or container, whose processes can't be seen here. */
  | 'unknown';

/** This process. Without Linux's /proc, it is known by its PID alone. */
export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? 0,
    bootId: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    pidNamespace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    hostname: hostname(),
  };
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Whether a process still runs. @param own this process, {@link ownIdentity} */
export function livenessOf(other: ProcessIdentity, own: ProcessIdentity): Liveness {
  if (other.bootId !== own.bootId) return other.hostname === own.hostname ? 'ended' : 'unknown';
  if (other.pidNamespace !== own.pidNamespace) return 'unknown';
  if (own.bootId === '') return respondsToSignals(other.pid) ? 'alive' : 'ended';
  return startTicksOf(other.pid) === other.startTicks ? 'alive' : 'ended';
}

function respondsToSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Field 22 of `/proc/PID/stat`, see proc_pid_stat(5); null where there is no such process, or only what is left of it. */
export function startTicksOf(pid: number): number | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The command name stands in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
}
