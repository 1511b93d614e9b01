import { readdir, readFile } from 'node:fs/promises';
import pidusage from 'pidusage';
import type { TreeSample } from '../model/resources.js';
import { ExactCpuTime, readThreadTimes } from './exact-cpu-time.js';

/** pidusage's reading of one process. */
interface Usage {
  cpu: number;
  memory: number;
  /** User and system time since the process started, in milliseconds. */
  ctime: number;
}

interface KnownProcess {
  ctimeMs: number;
  cpuMs: number;
  exact: ExactCpuTime;
  /** Samples that saw it. */
  seen: number;
}

/**
 * Samples one process tree over time. pidusage reports 0 % on its first call for a PID, so a process counts towards the
 * CPU percentage from its second reading on.
 */
export class TreeSampler {
  readonly #processes = new Map<number, KnownProcess>();
  /** Never falls: when a process exits, what it has added stays. */
  #cpuTimeMs = 0;
  /** Of PIDs that have been given to others. */
  #endedBefore = 0;

  /** Sample the given processes; null where none lives. A reading that failed for any of them is null, never 0. */
  async sample(pids: number[]): Promise<TreeSample | null> {
    if (pids.length === 0) return null;
    const usages = await readUsages(pids);
    if (usages.size === 0) return null;
    let cpuPercent: number | null = null;
    for (const [pid, usage] of usages) {
      const last = this.#processes.get(pid);
      // A PID that was given to another process begins anew.
      const known = last !== undefined && usage.ctime >= last.ctimeMs ? last : null;
      if (last !== undefined && known === null && isWorker(last)) this.#endedBefore += 1;
      const exact = known?.exact ?? new ExactCpuTime();
      const cpuMs = exact.update(usage.ctime, readThreadTimes(pid));
      this.#cpuTimeMs += cpuMs - (known?.cpuMs ?? 0);
      this.#processes.set(pid, { ctimeMs: usage.ctime, cpuMs, exact, seen: (known?.seen ?? 0) + 1 });
      if (known !== null) cpuPercent = (cpuPercent ?? 0) + usage.cpu;
    }
    const details = await Promise.all([...usages.keys()].map(readProcessDetails));
    return {
      cpuPercent,
      cpuTimeUs: this.#cpuTimeMs * 1000,
      rssBytes: sum([...usages.values()].map((usage) => usage.memory)),
      pssBytes: sum(details.map((detail) => detail.pssBytes)),
      threads: sum(details.map((detail) => detail.threads)),
      descriptors: sum(details.map((detail) => detail.descriptors)),
      processes: usages.size,
      processesEnded: this.#endedBefore + this.#endedAmong(usages),
    };
  }

  #endedAmong(living: ReadonlyMap<number, Usage>): number {
    return [...this.#processes].filter(([pid, process]) => !living.has(pid) && isWorker(process)).length;
  }
}

/** What one sample alone saw was a command that somebody ran, such as `ps`. */
function isWorker({ seen }: KnownProcess): boolean {
  return seen > 1;
}

async function readUsages(pids: number[]): Promise<Map<number, Usage>> {
  const usages = new Map<number, Usage>();
  try {
    const readings: Record<string, Usage | null> = await pidusage([...pids]);
    for (const pid of pids) {
      const usage = readings[pid];
      // A process that has exited since it was listed has no reading.
      if (usage) usages.set(pid, usage);
    }
  } catch {
    // pidusage throws where none of them lives.
  }
  return usages;
}

/** Sum, or null where any part is unknown: half a tree's memory is a wrong figure. */
function sum(values: (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}

/** Bytes after `Pss:` in the text of `/proc/PID/smaps_rollup`; null where there is none. */
export function parsePssBytes(text: string): number | null {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Thread count in the text of `/proc/PID/status`; null where there is none. */
export function parseThreads(text: string): number | null {
  const threads = /^Threads:\s+(\d+)$/m.exec(text)?.[1];
  return threads === undefined ? null : Number(threads);
}

interface ProcessDetails {
  pssBytes: number | null;
  threads: number | null;
  descriptors: number | null;
}

/**
 * What pidusage does not read. PSS counts a page shared by n processes as 1/n in each, so it adds up over a tree; RSS
 * would count the pages that nginx or a forked Python shares once per process. Costs about 1.4 ms of CPU at 55 MB.
 */
export async function readProcessDetails(pid: number): Promise<ProcessDetails> {
  const [rollup, status, descriptors] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => ''),
    readFile(`/proc/${pid}/status`, 'latin1').catch(() => ''),
    readdir(`/proc/${pid}/fd`).catch(() => null),
  ]);
  return {
    pssBytes: parsePssBytes(rollup),
    threads: parseThreads(status),
    descriptors: descriptors?.length ?? null,
  };
}
