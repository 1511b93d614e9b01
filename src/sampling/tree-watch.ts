import pidusage from 'pidusage';
import type { TreeSample } from '../model/resources.js';
import { readProcessDetails } from './process-memory.js';

/** One process as pidusage sees it. */
interface Usage {
  cpu: number;
  memory: number;
  /** User and system time since the process began, milliseconds. */
  ctime: number;
}

/**
 * Watches one process tree over time. pidusage's first call for a PID knows no earlier reading and says 0 %, so a
 * process counts towards the CPU percentage from its second reading on.
 */
export class TreeWatch {
  readonly #lastCtimeMs = new Map<number, number>();
  /** Never falls: a process that ends takes its own counter away, but not what it has already added here. */
  #cpuTimeMs = 0;

  /** Sample the given processes; null where there are none. A reading that failed for any of them is null, never 0. */
  async sample(pids: number[]): Promise<TreeSample | null> {
    if (pids.length === 0) return null;
    const usages = await readUsages(pids);
    const details = await Promise.all([...usages.keys()].map(readProcessDetails));
    if (usages.size === 0) return null;
    let cpuPercent: number | null = null;
    for (const [pid, usage] of usages) {
      const last = this.#lastCtimeMs.get(pid);
      this.#cpuTimeMs += usage.ctime - (last ?? 0);
      this.#lastCtimeMs.set(pid, usage.ctime);
      if (last !== undefined) cpuPercent = (cpuPercent ?? 0) + usage.cpu;
    }
    return {
      cpuPercent,
      cpuTimeUs: this.#cpuTimeMs * 1000,
      rssBytes: sum([...usages.values()].map((usage) => usage.memory)),
      pssBytes: sum(details.map((detail) => detail.pssBytes)),
      threads: sum(details.map((detail) => detail.threads)),
      descriptors: sum(details.map((detail) => detail.descriptors)),
      processes: usages.size,
    };
  }
}

async function readUsages(pids: number[]): Promise<Map<number, Usage>> {
  const usages = new Map<number, Usage>();
  try {
    const answer: Record<string, Usage | null> = await pidusage([...pids]);
    for (const pid of pids) {
      const usage = answer[pid];
      // A process that ended since it was listed has no reading, and is no part of the tree any more.
      if (usage) usages.set(pid, usage);
    }
  } catch {
    // None of them lives.
  }
  return usages;
}

/** Sum, or null where any part is unknown: half a tree's memory would be a wrong figure, not a smaller one. */
function sum(values: (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}
