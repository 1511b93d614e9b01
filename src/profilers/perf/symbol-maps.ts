import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { ProfilerSpec } from '../../model/gateway.js';

/**
 * Environment variables that let perf name the functions of runtimes with a JIT compiler or interpreter.
 *
 * V8: `--perf-basic-prof-only-functions` writes names to `/tmp/perf-PID.map`. Without
 * `--interpreted-frames-native-stack` all functions that aren't compiled yet are one frame, the interpreter.
 * `--perf-basic-prof` would also name bytecode handlers and builtins, which perf knows from the node binary.
 *
 * CPython 3.12 and later: like -X perf. Earlier versions ignore the variable.
 *
 * JVM: names are asked for (see java-maps.ts), but compiled methods keep frame pointers only if told to.
 *
 * LuaJIT: whatever makes the program load perf-map.lua.
 */
export function perfEnvironment(spec: ProfilerSpec): Record<string, string> {
  switch (spec.native) {
    case 'v8':
      return { NODE_OPTIONS: '--perf-basic-prof-only-functions --interpreted-frames-native-stack' };
    case 'py-spy':
      return { PYTHONPERFSUPPORT: '1' };
    case 'jvm':
      return { ...spec.environment, JAVA_TOOL_OPTIONS: '-XX:+PreserveFramePointer' };
    case 'luajit':
      return spec.environment;
    case 'pprof':
    case 'none':
      return {};
    default:
      return spec.native satisfies never;
  }
}

/** Where perf looks for the names of a process's compiled functions. */
export function symbolMap(pid: number): string {
  return `/tmp/perf-${pid}.map`;
}

/**
 * Removes `/tmp/perf-PID.map`, in which runtimes name their compiled functions for perf. These files grow with the process
 * and nobody else removes them. Only for processes that we told to write one.
 */
export async function removeSymbolMaps(pids: Iterable<number>): Promise<void> {
  // perf and V8 both use /tmp and ignore TMPDIR.
  const folders = new Set(['/tmp', tmpdir()]);
  for (const pid of pids) {
    for (const folder of folders) await rm(`${folder}/perf-${pid}.map`, { force: true }).catch(() => {});
  }
}
