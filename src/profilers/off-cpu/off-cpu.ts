import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import type { Profile } from '../../model/profile.js';
import { attach } from '../perf/attach.js';
import { perfEnvironment } from '../perf/launch.js';
import { DATA_FILE, type RecordingPlan } from '../perf/recording.js';
import { removeSymbolMaps } from '../perf/symbol-maps.js';
import type { Capture, Profiler, ProfileTarget } from '../profiler.js';
import { readSwitches } from './read-switches.js';
import { SWITCH_EVENTS, whyNoSwitchEvents } from './switch-events.js';

/**
 * Every switch is recorded, not a sample of them: tens of thousands a second under load, of 0.3 KB each by frame
 * pointers and 8.5 KB with a copy of the stack. perf ends by itself at this size.
 */
const LIMIT_MB = 512;
/** A copy of 8 KB where unwinding needs one, half of what the CPU profile takes: there are far more of them. */
const CALL_GRAPH = { fp: 'fp', dwarf: 'dwarf,8192' } as const;

/**
 * Where threads wait: each time one leaves its CPU, by the scheduler's own events, with the stack that it left with.
 * @param limitMb at which the recording ends by itself
 */
export function offCpuProfiler(limitMb = LIMIT_MB): Profiler {
  /** Output folders of processes that were started for us, and write symbol maps because of it. */
  const launched = new Set<string>();
  return {
    name: 'off-cpu',
    title: "off-CPU: where threads wait, by the scheduler's events (perf)",
    unavailable: async () => whyNoSwitchEvents(),
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

  const clear = async () => {
    await rm(dataFile, { force: true });
    if (ownsMaps) await removeSymbolMaps(mapped);
  };

  return {
    async end() {
      for (const pid of target.pids()) mapped.add(pid);
      durationS = await recording.stop();
    },

    async collect(): Promise<Profile> {
      if (durationS === null) throw new Error('collect() was called before end()');
      const { size } = await stat(dataFile);
      const profile = await readSwitches(target.outDir, AbortSignal.any([target.signal, reading.signal]));
      await clear();
      await rm(logFile, { force: true });
      const { meta } = profile;
      const full = size >= limitMb * 2 ** 20;
      return {
        ...profile,
        meta: {
          ...meta,
          command: recording.command,
          startedAt: recording.startedAt,
          // From the first event to the last, where perf ended before it was told to.
          durationS: full ? meta.durationS : durationS,
          caveats: [
            ...(full ? [`The recording ended before the load did, at ${limitMb} MB.`] : []),
            ...(missed.length > 0
              ? [`Processes that started while perf attached may be missing: ${missed.join(', ')}.`]
              : []),
            ...(ownsMaps ? [launchCaveat(target.spec)] : []),
            ...meta.caveats,
          ],
        },
      };
    },

    async kill() {
      reading.abort(new ExpectedError('the capture was given up'));
      await recording.kill();
      await clear();
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
    // Buffers that bursts fit into.
    options: ['--max-size', `${limitMb}M`, ...(process.getuid?.() === 0 ? ['-m', '4M'] : [])],
  };
}
