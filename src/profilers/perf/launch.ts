import type { ProfilerSpec } from '../../model/gateway.js';

/**
 * What lets perf name the functions of languages that compile at run time, by the program's own profiler.
 *
 * V8: `--perf-basic-prof-only-functions` writes names to `/tmp/perf-PID.map`. Without
 * `--interpreted-frames-native-stack` all functions that V8 hasn't compiled yet are one frame, its interpreter's.
 * `--perf-basic-prof` would name bytecode handlers and builtins besides, which perf knows from the node binary.
 *
 * CPython 3.12 and later: as -X perf. Earlier ones don't know the variable.
 */
export function perfEnvironment(spec: ProfilerSpec): Record<string, string> {
  switch (spec.native) {
    case 'v8':
      return { NODE_OPTIONS: '--perf-basic-prof-only-functions --interpreted-frames-native-stack' };
    case 'py-spy':
      return { PYTHONPERFSUPPORT: '1' };
    case 'pprof':
    case 'none':
      return {};
    default:
      return spec.native satisfies never;
  }
}
