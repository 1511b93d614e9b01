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

/** All profilers, by name. */
export type Profilers = ReadonlyMap<ProfilerName, Profiler>;

/** What the profilers need to know about this machine. */
interface ProfilerParts {
  /** Where `gatebench setup` installs tools. */
  toolInstalls: string;
}

/** All profilers, available or not, in the order in which they are listed. */
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

/** The profiler that `auto` uses for a language. For V8 not 0x, which has to start the program and halves the throughput. */
const NATIVE: Record<ProfilerSpec['native'], ProfilerName | null> = {
  pprof: 'pprof',
  'py-spy': 'py-spy',
  v8: 'cpuprofile',
  jvm: null,
  luajit: null,
  none: null,
};

/**
 * The profilers for a gateway, each in a cell of its own. `auto` is perf, which makes all gateways comparable, plus the
 * language's own profiler if the manifest names one. Whether a profiler can run isn't checked here.
 */
export function profilersFor({ native }: Pick<ProfilerSpec, 'native'>, choice: 'auto' | ProfilerName): ProfilerName[] {
  if (choice !== 'auto') return [choice];
  const own = NATIVE[native];
  return own === null ? ['perf'] : ['perf', own];
}
