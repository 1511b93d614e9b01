/** Of the kernel's clock ticks, in which /proc counts: USER_HZ is 100 wherever Node runs on Linux. */
export const US_PER_TICK = 10_000;

/** User and system time in the text of `/proc/PID/stat`, all threads, in microseconds; see proc_pid_stat(5). */
export function parseCpuUs(text: string): number | null {
  // The command name stands in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // utime and stime are fields 14 and 15; `fields` begins with the third.
  const [utime, stime] = [fields[11], fields[12]].map(Number);
  if (utime === undefined || stime === undefined || Number.isNaN(utime + stime)) return null;
  return (utime + stime) * US_PER_TICK;
}

/** Jiffies of all cores together since boot, from the first line of `/proc/stat`. */
export interface HostTimes {
  total: number;
  idle: number;
  steal: number;
  /** Hardware and software interrupts. */
  interrupts: number;
  cores: number;
}

/** Parse `/proc/stat`; null where it isn't in the known form. Guest time is part of user time and not added again. */
export function parseHostTimes(text: string): HostTimes | null {
  const fields = /^cpu +(.+)$/m.exec(text)?.[1]?.split(' ').map(Number);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = fields ?? [];
  if (user === undefined || idle === undefined || steal === undefined) return null;
  const busy = user + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0) + steal;
  const resting = idle + (iowait ?? 0);
  return {
    total: busy + resting,
    idle: resting,
    steal,
    interrupts: (irq ?? 0) + (softirq ?? 0),
    cores: text.match(/^cpu\d+ /gm)?.length ?? 1,
  };
}

/** Percent of the whole machine between two readings; nulls where no time went by. */
export function hostUse(from: HostTimes, to: HostTimes): { cpuPercent: number | null; stealPercent: number | null } {
  const total = to.total - from.total;
  if (total <= 0) return { cpuPercent: null, stealPercent: null };
  // Idle and stolen time go back a little now and then.
  const percent = (part: number) => Math.min(100, Math.max(0, (100 * part) / total));
  return { cpuPercent: percent(total - (to.idle - from.idle)), stealPercent: percent(to.steal - from.steal) };
}
