import { hostUse, parseCpuUs, parseHostTimes } from '../../lib/cpu-times.js';
import type { HostCpu } from '../../model/load.js';

/** What a reading begins with, on stderr: stdout is k6's, whose lines are too long for a pipe to take in one piece. */
const MARK = 'gatebench-cpu ';
/** The last reading is due so long before the window's end: then hosts hand over, which is work of another kind. */
const BEFORE_END_MS = 150;
/** With readings of less than this part of the window, the rest could have been anything. */
const MIN_SHARE = 0.5;

/** A stretch of time on a host's own clock, in milliseconds since the epoch. */
export interface HostWindow {
  startMs: number;
  endMs: number;
}

/**
 * Shell commands that begin to watch the CPU while the shell itself goes on, to become k6 by exec. At the window's
 * start, each second after it, and shortly before its end it reads the clock, what /proc says of k6 and of the whole
 * host, and the clock again. That takes four short processes a second, of `date` and `sleep`. Nothing is sent meanwhile:
 * the first reading and the last two are written when all are taken. The very last may have come too late to count.
 *
 * The watch ends with its last reading, or within a second of k6's end, however that came: it has lost its parent then.
 */
export function watchCpu({ startMs, endMs }: HostWindow): string {
  return `(
due=${Math.ceil(startMs)} last=${Math.floor(endMs - BEFORE_END_MS)} first='' before='' latest=''
cpus=$(unset OMP_NUM_THREADS OMP_THREAD_LIMIT; nproc 2>/dev/null)
while { read -r _ _ _ parent _ </proc/self/stat; } 2>/dev/null && [ "$parent" = "$$" ]; do
  now=$(date +%s%3N) || break
  left=$((due - now))
  if [ "$left" -ge 1000 ]; then
    sleep 1 || break
  elif [ "$left" -gt 0 ]; then
    left=$((1000 + left))
    sleep "0.\${left#1}" || break
  else
    k6='' host=''
    { read -r k6 </proc/$$/stat; read -r host </proc/stat; } 2>/dev/null
    before=$latest
    latest="${MARK}$now $(date +%s%3N) \${cpus:-0}|$k6|$host"
    if [ -z "$first" ]; then first=$latest latest=''; fi
    if [ "$now" -ge "$last" ]; then
      printf '%s\\n' "$first" \${before:+"$before"} \${latest:+"$latest"} >&2
      break
    fi
    due=$((now + 1000))
    [ "$due" -lt "$last" ] || due=$last
  fi
done
) >/dev/null &
`;
}

/** Whether a line of stderr is a reading, and nothing that anybody said. */
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
 * CPU use over the window, from what the host wrote.
 * @param lines of its stderr; others than readings are passed over
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
