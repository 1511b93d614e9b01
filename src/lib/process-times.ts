import { readdirSync, readFileSync } from 'node:fs';
import { US_PER_TICK } from './cpu-times.js';

/** CPU time of one process, all its threads, since it started. */
export interface ProcessTimes {
  pid: number;
  parentPid: number;
  /** Clock ticks from boot to its start: PIDs are used again, and this tells the processes apart. */
  startTicks: number;
  /** Name of its program, at most 15 bytes. */
  command: string;
  isKernelThread: boolean;
  ownUs: number;
  /** Of children that have ended and were waited for, their own such children included. */
  childrenUs: number;
}

/** The kernel's PF_KTHREAD, see include/linux/sched.h. */
const KERNEL_THREAD_FLAG = 0x0020_0000;

/** Parse `/proc/PID/stat`, see proc_pid_stat(5); null where it isn't in the known form. */
export function parseProcessTimes(text: string): ProcessTimes | null {
  const open = text.indexOf('(');
  // The command may hold spaces and parentheses itself.
  const close = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  if (open < 0 || close < open || Number.isNaN(pid)) return null;
  // `fields` begins with the third, the state.
  const fields = text.slice(close + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3] ?? Number.NaN);
  const ownUs = (field(14) + field(15)) * US_PER_TICK;
  const childrenUs = (field(16) + field(17)) * US_PER_TICK;
  const startTicks = field(22);
  if (Number.isNaN(ownUs + childrenUs + startTicks)) return null;
  return {
    pid,
    parentPid: field(4),
    startTicks,
    command: text.slice(open + 1, close),
    isKernelThread: (field(9) & KERNEL_THREAD_FLAG) !== 0,
    ownUs,
    childrenUs,
  };
}

/** Every process of this machine that can be seen from here, zombies included. Takes about 20 µs a process. */
export function readProcessTimes(): ProcessTimes[] {
  const processes: ProcessTimes[] = [];
  for (const name of readdirSync('/proc')) {
    if (name.charCodeAt(0) < 48 || name.charCodeAt(0) > 57) continue;
    try {
      const times = parseProcessTimes(readFileSync(`/proc/${name}/stat`, 'latin1'));
      if (times) processes.push(times);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return processes;
}
