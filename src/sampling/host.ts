import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { type HostTimes, hostUse, parseHostTimes } from '../lib/cpu-times.js';

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
