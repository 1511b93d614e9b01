import { type CpuTopology, cpuList, parseCpuList } from '../model/cpus.js';
import type { Placement } from '../model/run.js';

/** A placement, or why the one asked for can't be had. */
export type PlacementChoice = { placement: Placement } | { problem: string };

/** With fewer CPUs, reserving some costs the gateway more than sharing them does. */
const MIN_CPUS = 4;
/** Of the CPUs for load engine and mock: at 15,000 requests a second they take less than one core (ours). */
const LOAD_SHARE = 1 / 4;
const MIN_LOAD_CPUS = 2;

/**
 * Decide which CPUs load engine and mock share, and which are the gateway's.
 * @param request `auto`, `off`, or CPUs such as `load=0-1,gateway=2-7`
 */
export function choosePlacement(request: string, topology: CpuTopology): PlacementChoice {
  if (request === 'off') return off('switched off with --pin off');
  if (request === 'auto') return { placement: automatic(topology) };
  return asAsked(request, topology);
}

/** Whole cores for each: two threads of one core share what they are to be kept apart for. */
function automatic({ allowed, cores }: CpuTopology): Placement {
  if (allowed.length < MIN_CPUS) {
    return {
      kind: 'off',
      reason: `${allowed.length} ${allowed.length === 1 ? 'CPU is' : 'CPUs are'} too few to set any apart (${MIN_CPUS} are needed)`,
    };
  }
  const wanted = Math.max(MIN_LOAD_CPUS, Math.floor(allowed.length * LOAD_SHARE));
  const load: number[] = [];
  let taken = 0;
  for (const core of cores) {
    if (load.length >= wanted) break;
    load.push(...core);
    taken += 1;
  }
  const gateway = cores.slice(taken).flat();
  if (gateway.length === 0) return { kind: 'off', reason: 'all CPUs are threads of one core' };
  return { kind: 'pinned', load: cpuList(load), gateway: cpuList(gateway), chosenBy: 'auto' };
}

function asAsked(request: string, { allowed }: CpuTopology): PlacementChoice {
  const found = /^load=([\d,-]+?),gateway=([\d,-]+)$/.exec(request);
  const [load, gateway] = [parseCpuList(found?.[1] ?? ''), parseCpuList(found?.[2] ?? '')];
  if (load === null || gateway === null) {
    return { problem: `"${request}" is not a placement: write auto, off, or CPUs such as load=0-1,gateway=2-7` };
  }
  const missing = [...load, ...gateway].filter((cpu) => !allowed.includes(cpu));
  if (missing.length > 0) {
    return { problem: `CPU ${cpuList(missing)} can't be used here; there are ${cpuList(allowed)}` };
  }
  const shared = load.filter((cpu) => gateway.includes(cpu));
  if (shared.length > 0) return { problem: `CPU ${cpuList(shared)} is given to both the load and the gateway` };
  return { placement: { kind: 'pinned', load: cpuList(load), gateway: cpuList(gateway), chosenBy: 'user' } };
}

function off(reason: string): PlacementChoice {
  return { placement: { kind: 'off', reason } };
}
