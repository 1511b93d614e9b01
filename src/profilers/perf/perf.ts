import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import { formatShare } from '../../lib/format.js';
import type { Profile } from '../../model/profile.js';
import type { SymbolResolver } from '../../profiles/symbols/binary-symbols.js';
import type { Capture, Profiler, ProfileTarget } from '../profiler.js';
import { readableProfile } from '../readable-profile.js';
import { binarySymbolResolver } from './binary-symbols.js';
import { executedFiles, planInlining } from './inlining.js';
import { NO_JAVA_MAPS, writeJavaMaps } from './java-maps.js';
import { paranoidLevel, perfComplaint, perfUnavailable, runPerf } from './perf-program.js';
import { parseEvlist, parseLostSamples, parseSamples } from './recorded-event.js';
import { attach, cpuSamples, DATA_FILE } from './recording.js';
import { readScript, type ScriptRun } from './script-reader.js';
import { perfEnvironment, removeSymbolMaps } from './symbol-maps.js';

/**
 * Linux perf on a whole process tree, with the CPU clock: the one event that every machine has, even virtual ones.
 * @param resolver names functions that perf can't
 */
export function perfProfiler(resolver: () => SymbolResolver = binarySymbolResolver): Profiler {
  /** Output folders of processes that write symbol maps because we launched them so. */
  const launched = new Set<string>();
  return {
    name: 'perf',
    title: 'Linux perf: every process and thread, user and kernel, any language',
    unavailable: perfUnavailable,
    async launch(spec, outDir) {
      const environment = perfEnvironment(spec);
      if (Object.keys(environment).length > 0) launched.add(outDir);
      return { environment, command: (argv) => [...argv] };
    },
    start: (target) => startCapture(target, resolver, launched.delete(target.outDir)),
  };
}

async function startCapture(
  target: ProfileTarget,
  resolver: () => SymbolResolver,
  ownsMaps: boolean,
): Promise<Capture> {
  const logFile = join(target.outDir, 'perf.log');
  const { recording, pids, missed } = await attach(target, cpuSamples(target.rateHz, target.spec.callGraph), logFile);
  const mapped = new Set(pids);
  const executed = executedFiles(pids);
  const look = () => {
    for (const pid of target.pids()) mapped.add(pid);
    for (const file of executedFiles(target.pids())) executed.add(file);
  };
  const reading = new AbortController();
  let reader: Promise<ScriptRun> | null = null;
  let durationS: number | null = null;
  let java = NO_JAVA_MAPS;

  const cleanUp = async () => {
    // perf.data is readable only by this perf, on this machine, with the symbol maps that are removed here, and dwarf
    // makes it big (1.6 MB/s). perf.script.gz has all of its content.
    for (const file of [DATA_FILE, `${DATA_FILE}.old`]) await rm(join(target.outDir, file), { force: true });
    await removeSymbolMaps(ownsMaps ? mapped : java.pids);
  };

  return {
    async end() {
      look();
      durationS = await recording.stop();
      look();
      // After the last sample, so that none is of the answer.
      java = await writeJavaMaps(target.pids());
    },

    async collect(): Promise<Profile> {
      if (durationS === null) throw new Error('collect() was called before end()');
      const { event, lost, samples: recorded } = await readBack(target.outDir);
      const signal = AbortSignal.any([target.signal, reading.signal]);
      signal.throwIfAborted();
      reader = readScript(target.outDir, {
        resolver,
        signal,
        inlining: planInlining(executed),
        samples: recorded,
        onStatus: target.onStatus,
      });
      const { profile: read, withoutInlined } = await reader;
      const profile = await readableProfile(read);
      await cleanUp();
      await rm(logFile, { force: true });
      const { meta } = profile;
      const writesMaps = profile.frames.some(
        ({ kind, file }) => kind === 'java' || (file !== null && ['javascript', 'python', 'lua'].includes(kind)),
      );
      const samples = profile.stacks.reduce((sum, stack) => sum + stack.samples, 0);
      return {
        ...profile,
        meta: {
          ...meta,
          command: recording.command,
          event: event.name,
          rateHz: event.rateHz ?? meta.rateHz,
          startedAt: recording.startedAt,
          durationS,
          lost,
          caveats: [
            ...(await captureCaveats({
              event: event.name,
              lost,
              samples,
              missed,
              withoutInlined,
              ownsMaps,
              writesMaps,
              target,
            })),
            ...java.caveats,
            ...meta.caveats,
          ],
        },
      };
    },

    async kill() {
      reading.abort(new ExpectedError('the capture was cancelled'));
      await recording.kill();
      // collect() reports its failure.
      await reader?.catch(() => {});
      await cleanUp();
    },
  };
}

/** The event that perf really recorded, and lost samples: perf falls back silently. */
async function readBack(
  folder: string,
): Promise<{ event: { name: string; rateHz: number | null }; lost: number | null; samples: number | null }> {
  const evlist = await runPerf(['evlist', '-v', '-i', DATA_FILE], folder);
  const event = parseEvlist(evlist.stdout);
  if (!event) throw new ExpectedError(`can't read perf.data: ${perfComplaint(evlist.stderr)}`, 'try again');
  const stats = await runPerf(['report', '--stats', '-i', DATA_FILE], folder);
  return {
    event,
    lost: stats.ok && event.countsLost ? parseLostSamples(stats.stdout, event.name) : null,
    samples: stats.ok ? parseSamples(stats.stdout, event.name) : null,
  };
}

async function captureCaveats(known: {
  event: string;
  lost: number | null;
  samples: number;
  missed: readonly number[];
  withoutInlined: string | null;
  ownsMaps: boolean;
  /** Whether the runtime wrote them: Python before 3.12 doesn't. */
  writesMaps: boolean;
  target: ProfileTarget;
}): Promise<string[]> {
  const { event, lost, samples, missed, withoutInlined, ownsMaps, writesMaps, target } = known;
  const caveats: string[] = [];
  if (event !== 'cpu-clock') {
    const level = await paranoidLevel();
    const why = level === null ? '' : ` (kernel.perf_event_paranoid is ${level})`;
    caveats.push(`perf was not allowed to sample the kernel and used ${event} instead of cpu-clock${why}.`);
  }
  if (lost === null) caveats.push("This kernel doesn't report lost samples.");
  else if (lost > 0) {
    caveats.push(
      `${lost} samples were lost (${formatShare(lost / (lost + samples))}): perf could not write fast enough.`,
    );
  }
  if (missed.length > 0) {
    caveats.push(`Processes that started while perf attached may be missing: ${missed.join(', ')}.`);
  }
  if (withoutInlined !== null) caveats.push(`Inlined functions are not shown: ${withoutInlined}.`);
  if (ownsMaps && writesMaps) {
    const changed = Object.entries(perfEnvironment(target.spec)).map(([name, value]) => `${name}=${value}`);
    caveats.push(`The program ran with ${changed.join(' ')}, which costs throughput.`);
  }
  return caveats;
}
