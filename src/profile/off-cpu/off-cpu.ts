import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { findInPath } from '../../lib/find-in-path.js';
import { waitUntil } from '../../lib/sleep.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import type { Profile } from '../../model/profile.js';
import type { Capture, Profiler, ProfileTarget } from '../profiler.js';
import { readRecording } from './perf-text.js';
import { SWITCH_EVENTS, whyNoSwitchEvents } from './switch-events.js';

const NAME = 'off-cpu';
const START_MS = 30_000;
const END_MS = 60_000;
/**
 * Every switch is recorded, not a sample of them: tens of thousands a second under load, of 0.3 KB each by frame
 * pointers and 8.5 KB with a copy of the stack. perf ends by itself at this size.
 */
const LIMIT_MB = 512;
/** A copy of 8 KB where unwinding needs one, half of what the CPU profile takes: there are far more of them. */
const CALL_GRAPH = { fp: 'fp', dwarf: 'dwarf,8192' } as const;

/**
 * Where threads wait: every time one leaves its CPU, by the scheduler's own events, with the stack that it left with.
 * @param launch how perf's gateways are started, so that the same functions have names here
 */
export function offCpuProfiler(launch: Profiler['launch']): Profiler {
  return {
    name: NAME,
    title: "off-CPU: where threads wait, by the scheduler's events (perf)",
    unavailable: async () => whyNoSwitchEvents(),
    launch,
    start: startRecording,
  };
}

async function startRecording(target: ProfileTarget): Promise<Capture> {
  const perf = findInPath('perf');
  if (perf === null) throw new ExpectedError('perf is not installed', 'install linux-perf');
  const file = join(target.outDir, 'off-cpu.perf.data');
  const args = recordArguments(target.pids(), target.spec, file);
  const startedAt = new Date().toISOString();
  const child = await startChild({
    command: perf,
    args,
    cwd: target.outDir,
    environment: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: target.outDir, LANG: 'C.UTF-8' },
    logFile: join(target.outDir, 'off-cpu.perf.log'),
  });
  const kill = async () => void (await child.stop({ signal: 'SIGKILL', graceMs: 0 }));
  try {
    // perf writes the maps of the processes just before it begins to record.
    const began = await waitUntil(
      async () => child.exit() !== null || (await sizeOf(file)) > 0,
      START_MS,
      target.signal,
    );
    if (!began || child.exit() !== null) throw await failure(child, 'could not begin to record');
  } catch (error) {
    await kill();
    throw error;
  }

  let profile: Profile | null = null;
  return {
    async end() {
      await child.stop({ signal: 'SIGINT', graceMs: END_MS });
      const bytes = await sizeOf(file);
      if (bytes === 0) throw await failure(child, 'recorded nothing');
      // Now, not later: names of JavaScript functions are in a file that may go with the process.
      const read = await readRecording(perf, file, target.signal);
      const { meta } = read;
      const note = bytes >= LIMIT_MB * 2 ** 20 ? [`The recording ended before the load did, at ${LIMIT_MB} MB.`] : [];
      profile = {
        ...read,
        meta: { ...meta, startedAt, command: `perf ${args.join(' ')}`, caveats: [...note, ...meta.caveats] },
      };
    },

    async collect() {
      if (profile === null) throw new Error('collect() was called before end()');
      return profile;
    },

    kill,
  };
}

function recordArguments(pids: number[], { callGraph }: ProfilerSpec, file: string): string[] {
  return [
    ...['record', '-q', ...SWITCH_EVENTS, '--call-graph', CALL_GRAPH[callGraph]],
    // Buffers of a size that bursts fit into.
    ...['-m', '2M', '--max-size', `${LIMIT_MB}M`, '-p', pids.join(','), '-o', file],
  ];
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function failure(child: Child, what: string): Promise<ExpectedError> {
  const said = (await child.logTail(5)).filter((line) => line.trim() !== '').join(' ');
  return new ExpectedError(
    `perf ${what}${said === '' ? '' : `: ${said}`}`,
    'see whether the processes still run, and what `gatebench doctor` says of perf',
  );
}
