/** The CPUs that a process may use, and which of them are threads of one core. */
export interface CpuTopology {
  /** Numbers, ascending. */
  allowed: number[];
  /** The same CPUs by physical core. */
  cores: number[][];
}

/** The kernel's own limit is 8192: a typing error must not fill the memory. */
const MAX_CPU = 8191;

/** `0-2,5` to its numbers, ascending, each once; null where it isn't such a list. */
export function parseCpuList(text: string): number[] | null {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return null;
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const [first = 0, last = first] = part.split('-').map(Number);
    if (last < first || last > MAX_CPU) return null;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** Numbers as the kernel and taskset write them: `0-2,5`. */
export function cpuList(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
