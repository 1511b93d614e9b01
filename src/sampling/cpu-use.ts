import type { ProcessTimes } from '../lib/process-times.js';

/** What one process used between two readings, short-lived children that it waited for included. */
export interface ProcessUse {
  pid: number;
  command: string;
  cpuTimeUs: number;
}

/** Who used the CPUs between two readings. */
export interface CpuUse {
  /** The processes of the run: gateway, mock, engine and gatebench itself. */
  runUs: number;
  kernelThreadsUs: number;
  /** All other processes, busiest first; those that used nothing are left out. */
  others: ProcessUse[];
  /** By PID: time of children that have ended, which their parent had not been given yet. For the next call. */
  unclaimed: ReadonlyMap<number, number>;
}

export interface CpuUseOptions {
  /** PIDs whose descendants, and they themselves, are the run's. */
  roots: ReadonlySet<number>;
  /** What all CPUs together can have done between the readings. */
  mostUs: number;
  /** As the call before returned it. */
  unclaimed?: ReadonlyMap<number, number>;
}

/**
 * Who used the CPUs between two readings of the process table.
 *
 * A process that begins and ends between them is in neither, but its parent's time of children grows by what it used.
 * So does it by the whole time of a child that was in the first reading: that part is known already, and subtracted. A
 * reading takes some milliseconds, in which a child may end after its parent was read: then the parent is given its time
 * only in the next reading. If the order was the other way round, it is given more than the CPUs can have done.
 */
export function cpuUseBetween(
  from: readonly ProcessTimes[],
  to: readonly ProcessTimes[],
  { roots, mostUs, unclaimed = new Map() }: CpuUseOptions,
): CpuUse {
  const before = new Map(from.map((process) => [process.pid, process]));
  const after = new Map(to.map((process) => [process.pid, process]));
  const known = knownOfEnded(before, after);
  const isOfRun = membership(after, roots);
  const left = new Map<number, number>();
  const use: CpuUse = { runUs: 0, kernelThreadsUs: 0, others: [], unclaimed: left };
  for (const process of to) {
    const { pid, command } = process;
    const was = same(before.get(pid), process);
    const givenUs = process.childrenUs - (was?.childrenUs ?? 0);
    const knownUs = known.get(pid) ?? 0;
    if (givenUs < knownUs) left.set(pid, knownUs - Math.max(0, givenUs));
    const childrenUs = givenUs - knownUs - (unclaimed.get(pid) ?? 0);
    const cpuTimeUs =
      Math.max(0, process.ownUs - (was?.ownUs ?? 0)) + (childrenUs > mostUs ? 0 : Math.max(0, childrenUs));
    if (process.isKernelThread) use.kernelThreadsUs += cpuTimeUs;
    else if (isOfRun(process)) use.runUs += cpuTimeUs;
    else if (cpuTimeUs > 0) use.others.push({ pid, command, cpuTimeUs });
  }
  use.others.sort((a, b) => b.cpuTimeUs - a.cpuTimeUs);
  return use;
}

type Table = ReadonlyMap<number, ProcessTimes>;

function same(a: ProcessTimes | undefined, b: ProcessTimes | undefined): ProcessTimes | undefined {
  return a?.startTicks === b?.startTicks ? a : undefined;
}

/** By the PID of the nearest ancestor that lives on: the time that was known of processes that have ended since. */
function knownOfEnded(before: Table, after: Table): ReadonlyMap<number, number> {
  const known = new Map<number, number>();
  const lives = (process: ProcessTimes) => same(after.get(process.pid), process) !== undefined;
  for (const ended of before.values()) {
    if (lives(ended)) continue;
    let ancestor = before.get(ended.parentPid);
    for (let steps = 0; ancestor !== undefined && !lives(ancestor) && steps < before.size; steps++) {
      ancestor = before.get(ancestor.parentPid);
    }
    if (ancestor === undefined) continue;
    known.set(ancestor.pid, (known.get(ancestor.pid) ?? 0) + ended.ownUs + ended.childrenUs);
  }
  return known;
}

function membership(table: Table, roots: ReadonlySet<number>): (process: ProcessTimes) => boolean {
  const members = new Map<number, boolean>();
  const isMember = (pid: number): boolean => {
    const found = members.get(pid);
    if (found !== undefined) return found;
    // Until it is known: the table isn't read at one moment, so that parents may even form a loop.
    members.set(pid, false);
    const parent = table.get(pid)?.parentPid;
    const answer = roots.has(pid) || (parent !== undefined && isMember(parent));
    members.set(pid, answer);
    return answer;
  };
  return ({ pid }) => isMember(pid);
}
