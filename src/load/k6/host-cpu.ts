import { hostUse, parseCpuUs, parseHostTimes } from '../../lib/cpu-times.js';
import type { HostCpu } from '../../model/load.js';

/** What `remote-programs/run-process.sh` begins a reading with. */
const MARK = 'gatebench-cpu ';
/** The last reading is this long before the window's end, when VUs hand over: that is other work. */
const BEFORE_END_MS = 150;
/** Readings of a smaller part of the window than this say too little of it. */
const MIN_SHARE = 0.5;

/** A stretch of time on a host's own clock, in milliseconds since the epoch. */
export interface HostWindow {
  startMs: number;
  endMs: number;
}

/** When run-process.sh is to read the CPU first and last. */
export function cpuWatchOf({ startMs, endMs }: HostWindow): { startMs: number; lastMs: number } {
  return { startMs: Math.ceil(startMs), lastMs: Math.floor(endMs - BEFORE_END_MS) };
}

/** Whether a line of stderr is a reading, and not a message. */
export function isCpuReading(line: string): boolean {
  return line.startsWith(MARK);
}

interface Reading {
  fromMs: number;
  toMs: number;
  cpus: number;
  k6: string;
  host: string;
}

/**
 * CPU use over the window.
 * @param lines of the host's stderr; those that are no readings are ignored
 */
export function hostCpu(lines: readonly string[], { startMs, endMs }: HostWindow): HostCpu {
  const readings = lines.flatMap((line) => readingOf(line) ?? []);
  const inside = readings.filter(({ fromMs, toMs }) => fromMs >= startMs && toMs <= endMs);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined) return unread('the host gave no reading of its CPU in the window');
  // A reading was taken somewhere between its two times.
  const elapsedMs = (last.fromMs + last.toMs - first.fromMs - first.toMs) / 2;
  if (elapsedMs < MIN_SHARE * (endMs - startMs)) {
    return unread(
      `the host’s readings of its CPU are of ${Math.round(elapsedMs)} ms of the window’s ${Math.round(endMs - startMs)} ms`,
    );
  }
  const absent: Record<string, string> = {};
  const known = <T>(field: keyof HostCpu, value: T | null, source: string): T | null => {
    if (value === null) absent[field] = `${source} could not be read on the host`;
    return value;
  };
  const cpus = last.cpus > 0 ? last.cpus : null;
  return {
    cpus: known('cpus', cpus, 'nproc'),
    cpuPercentMean: known('cpuPercentMean', k6Percent(first, last, elapsedMs), '/proc/PID/stat of k6'),
    hostBusyShare: known('hostBusyShare', busyShare(first, last), '/proc/stat'),
    absent,
  };
}

/** All figures null, for one reason. */
export function unread(reason: string): HostCpu {
  const absent = { cpus: reason, cpuPercentMean: reason, hostBusyShare: reason };
  return { cpus: null, cpuPercentMean: null, hostBusyShare: null, absent };
}

function readingOf(line: string): Reading | null {
  const groups = /^(\d{13}) (\d{13}) (\d+)\|(.*)\|(cpu .*)?$/.exec(line.slice(MARK.length));
  if (!isCpuReading(line) || groups === null) return null;
  const [, fromMs, toMs, cpus, k6 = '', host = ''] = groups;
  return { fromMs: Number(fromMs), toMs: Number(toMs), cpus: Number(cpus), k6, host };
}

function k6Percent(first: Reading, last: Reading, elapsedMs: number): number | null {
  const [from, to] = [parseCpuUs(first.k6), parseCpuUs(last.k6)];
  return from === null || to === null ? null : (to - from) / 1000 / (elapsedMs / 100);
}

function busyShare(first: Reading, last: Reading): number | null {
  const [from, to] = [parseHostTimes(first.host), parseHostTimes(last.host)];
  const percent = from && to ? hostUse(from, to).cpuPercent : null;
  // The kernel's counts of idle time may go back a little.
  return percent === null ? null : Math.min(1, Math.max(0, percent / 100));
}
