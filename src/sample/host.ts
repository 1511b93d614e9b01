import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';

/** Jiffies of all cores together since boot, from the first line of `/proc/stat`. */
export interface HostTimes {
  total: number;
  idle: number;
  steal: number;
}

/** Parse `/proc/stat`; null where it isn't in the known form. Guest time is part of user time and not added again. */
export function parseHostTimes(text: string): HostTimes | null {
  const fields = /^cpu +(.+)$/m.exec(text)?.[1]?.split(' ').map(Number);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = fields ?? [];
  if (user === undefined || idle === undefined || steal === undefined) return null;
  const busy = user + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0) + steal;
  const resting = idle + (iowait ?? 0);
  return { total: busy + resting, idle: resting, steal };
}

/** Percent of the whole machine between two readings; nulls where no time went by. */
export function hostUse(from: HostTimes, to: HostTimes): { cpuPercent: number | null; stealPercent: number | null } {
  const total = to.total - from.total;
  if (total <= 0) return { cpuPercent: null, stealPercent: null };
  return {
    cpuPercent: (100 * (total - (to.idle - from.idle))) / total,
    stealPercent: (100 * (to.steal - from.steal)) / total,
  };
}

/** Watches the host between calls. */
export function hostWatch(): () => { cpuPercent: number | null; stealPercent: number | null; load1: number | null } {
  let last = readHostTimes();
  return () => {
    const now = readHostTimes();
    const use = last && now ? hostUse(last, now) : { cpuPercent: null, stealPercent: null };
    last = now;
    return { ...use, load1: loadavg()[0] ?? null };
  };
}

function readHostTimes(): HostTimes | null {
  try {
    return parseHostTimes(readFileSync('/proc/stat', 'latin1'));
  } catch {
    return null;
  }
}
