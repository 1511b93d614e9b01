import type { ProfilerSpec } from '../model/gateway.js';
import type { ProfilerName } from '../model/profiler.js';
import { cpuProfiler } from './cpuprofile/cpuprofile.js';
import { offCpuProfiler } from './off-cpu/off-cpu.js';
import { oxProfiler } from './ox/ox.js';
import { perfProfiler } from './perf/perf.js';
import { contentionProfiler } from './pprof/contention.js';
import { pprofProfiler } from './pprof/pprof.js';
import type { Profiler } from './profiler.js';
import { findPySpy } from './py-spy/program.js';
import { pySpyProfiler } from './py-spy/py-spy.js';

/** Every profiler that there is, by name. */
export type Profilers = ReadonlyMap<ProfilerName, Profiler>;

/** What the profilers need of this machine. */
export interface ProfilerParts {
  /** Where `gatebench setup` installs tools. */
  toolInstalls: string;
}

/** All profilers, whether they can run here or not; the order is the one in which they are listed. */
export function allProfilers({ toolInstalls }: ProfilerParts): Profilers {
  const profilers: Profiler[] = [
    perfProfiler(),
    pprofProfiler,
    pySpyProfiler(() => findPySpy(toolInstalls)),
    cpuProfiler,
    oxProfiler,
    offCpuProfiler(),
    contentionProfiler('mutex'),
    contentionProfiler('block'),
  ];
  return new Map(profilers.map((profiler) => [profiler.name, profiler]));
}

/** The language's own profiler that `auto` takes. For V8 it attaches: 0x needs a start of its own, and halves the throughput. */
const NATIVE: Record<ProfilerSpec['native'], ProfilerName | null> = {
  pprof: 'pprof',
  'py-spy': 'py-spy',
  v8: 'cpuprofile',
  none: null,
};

/**
 * Which profilers a gateway is profiled by, each in a cell of its own. `auto` is perf, by which all gateways compare,
 * and the language's own profiler where the manifest names one; any other choice is just that one. Whether it can run
 * is for the profiler to say.
 */
export function profilersFor({ native }: Pick<ProfilerSpec, 'native'>, choice: 'auto' | ProfilerName): ProfilerName[] {
  if (choice !== 'auto') return [choice];
  const own = NATIVE[native];
  return own === null ? ['perf'] : ['perf', own];
}
