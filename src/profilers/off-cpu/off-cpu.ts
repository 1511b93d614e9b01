import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import type { Profile } from '../../model/profile.js';
import { NO_JAVA_MAPS, writeJavaMaps } from '../perf/java-maps.js';
import { attach, DATA_FILE, type RecordingPlan } from '../perf/recording.js';
import { perfEnvironment, removeSymbolMaps } from '../perf/symbol-maps.js';
import type { Capture, Profiler, ProfileTarget } from '../profiler.js';
import { readSwitches, SWITCH_EVENTS, switchEventsUnavailable } from './switches.js';

/**
 * perf stops at this size. It records every switch: tens of thousands a second under load, of 0.3 KB each with frame
 * pointers and 8.5 KB with a copy of the stack.
 */
const LIMIT_MB = 512;
/** If unwinding needs a copy of the stack, 8 KB: half of what the CPU profile takes, since there are far more of them. */
const CALL_GRAPH = { fp: 'fp', dwarf: 'dwarf,8192' } as const;

/**
 * Where threads wait: records each time a thread leaves its CPU, with its stack, through the scheduler's events.
 * @param limitMb size at which the recording stops
 */
export function offCpuProfiler(limitMb = LIMIT_MB): Profiler {
  /** Output folders of processes that write symbol maps because we launched them so. */
  const launched = new Set<string>();
  return {
    name: 'off-cpu',
    title: "off-CPU: where threads wait, from the scheduler's events (perf)",
    unavailable: async () => switchEventsUnavailable(),
    async launch(spec, outDir) {
      const environment = perfEnvironment(spec);
      if (Object.keys(environment).length > 0) launched.add(outDir);
      return { environment, command: (argv) => [...argv] };
    },
    start: (target) => startCapture(target, launched.delete(target.outDir), limitMb),
  };
}

async function startCapture(target: ProfileTarget, ownsMaps: boolean, limitMb: number): Promise<Capture> {
  const logFile = join(target.outDir, 'off-cpu.log');
  const dataFile = join(target.outDir, DATA_FILE);
  const { recording, pids, missed } = await attach(target, switches(target.spec, limitMb), logFile);
  const mapped = new Set(pids);
  const reading = new AbortController();
  let durationS: number | null = null;
  let java = NO_JAVA_MAPS;

  const cleanUp = async () => {
    await rm(dataFile, { force: true });
    await removeSymbolMaps(ownsMaps ? mapped : java.pids);
  };

  return {
    async end() {
      for (const pid of target.pids()) mapped.add(pid);
      durationS = await recording.stop();
      java = await writeJavaMaps(target.pids());
    },

    async collect(): Promise<Profile> {
      if (durationS === null) throw new Error('collect() was called before end()');
      const { size } = await stat(dataFile);
      const profile = await readSwitches(target.outDir, AbortSignal.any([target.signal, reading.signal]));
      await cleanUp();
      await rm(logFile, { force: true });
      const { meta } = profile;
      const full = size >= limitMb * 2 ** 20;
      return {
        ...profile,
        meta: {
          ...meta,
          command: recording.command,
          startedAt: recording.startedAt,
          // If perf stopped early, from the first event to the last.
          durationS: full ? meta.durationS : durationS,
          caveats: [
            ...(full ? [`The recording stopped before the load did, at ${limitMb} MB.`] : []),
            ...(missed.length > 0
              ? [`Processes that started while perf attached may be missing: ${missed.join(', ')}.`]
              : []),
            ...(ownsMaps ? [launchCaveat(target.spec)] : []),
            ...java.caveats,
            ...meta.caveats,
          ],
        },
      };
    },

    async kill() {
      reading.abort(new ExpectedError('the capture was cancelled'));
      await recording.kill();
      await cleanUp();
    },
  };
}

function launchCaveat(spec: ProfilerSpec): string {
  const changed = Object.entries(perfEnvironment(spec)).map(([name, value]) => `${name}=${value}`);
  return `The program ran with ${changed.join(' ')}, so that its functions have names.`;
}

function switches({ callGraph }: ProfilerSpec, limitMb: number): Pick<RecordingPlan, 'what' | 'options'> {
  return {
    what: [...SWITCH_EVENTS, '--call-graph', CALL_GRAPH[callGraph]],
    // Buffers large enough for bursts.
    options: ['--max-size', `${limitMb}M`, ...(process.getuid?.() === 0 ? ['-m', '4M'] : [])],
  };
}
