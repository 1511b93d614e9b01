import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { listeningPortsOf } from '../../lib/listeners.js';
import { runClock } from '../../lib/run-clock.js';
import type { Profile } from '../../model/profile.js';
import { parseCpuProfile } from '../../profiles/formats/cpuprofile.js';
import { mergeProfiles } from '../../profiles/profile-builder.js';
import { readCaptured } from '../captured-output.js';
import { type Capture, NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../profiler.js';
import { type Inspector, isNode, openInspector } from './inspector.js';

const NAME = 'cpuprofile';
/** Below that V8 would do little else than sampling. */
const MIN_INTERVAL_US = 100;

/** V8's own CPU profiler in running Node processes, started with SIGUSR1 and the inspector. Needs no preparation. */
export const cpuProfiler: Profiler = {
  name: NAME,
  title: "V8's CPU profiler in running Node processes, through the inspector",

  async unavailable(spec) {
    if (spec === null || spec.native === 'v8') return null;
    return { reason: 'it is not a Node program', hint: 'use perf' };
  },

  async launch(spec) {
    // A free port: another debugger may use 9229. Workers of a cluster count up from it.
    const inspect = `--inspect-port=127.0.0.1:${await freePort()}`;
    return { ...NO_LAUNCH_CHANGE, environment: { ...spec.environment, NODE_OPTIONS: inspect } };
  },

  async start(target) {
    const pids = target.pids();
    const nodes = pids.filter(isNode);
    if (nodes.length === 0) {
      throw new ExpectedError(
        `${pids.length === 1 ? `process ${pids[0]} doesn't run` : `none of the processes ${pids.join(', ')} runs`} Node: ` +
          'not sending SIGUSR1, which opens the inspector of Node and kills other programs',
        'use perf, which profiles any process',
      );
    }
    return capture(nodes, target);
  },
};

async function capture(pids: readonly number[], target: ProfileTarget): Promise<Capture> {
  const inspectors: Inspector[] = [];
  const refusals: ExpectedError[] = [];
  const caveats: string[] = [];
  const closeAll = () => Promise.all(inspectors.map((inspector) => inspector.close()));
  const intervalUs = Math.max(MIN_INTERVAL_US, Math.round(1e6 / target.rateHz));
  const startedAt = runClock.now();
  try {
    const before = pids.map((pid) => ({ pid, ports: listeningPortsOf(pid) }));
    // In order: if processes share a port, the first one gets it.
    for (const { pid, ports } of before) {
      try {
        inspectors.push(await openInspector(pid, ports, target.signal));
      } catch (error) {
        if (!(error instanceof ExpectedError) || target.signal.aborted) throw error;
        refusals.push(error);
      }
    }
    const [refusal] = refusals;
    if (refusal && inspectors.length === 0) throw refusal;
    if (refusal) caveats.push(`${refusals.length} of ${pids.length} Node processes are missing: ${refusal.message}.`);
    await Promise.all(inspectors.map((inspector) => inspector.startProfiling(intervalUs)));
  } catch (error) {
    await closeAll();
    throw error;
  }

  const files: { path: string; text: string }[] = [];
  return {
    async end() {
      const stopped = await Promise.allSettled(inspectors.map((inspector) => saved(inspector, target.outDir)));
      const closed = await closeAll();
      for (const result of stopped) {
        if (result.status === 'fulfilled') files.push(result.value);
        else if (inspectors.length === 1) throw result.reason;
        else caveats.push(`A process is missing: ${messageOf(result.reason)}.`);
      }
      if (files.length === 0) throw new ExpectedError('no Node process was alive at the end of the capture');
      if (closed.includes(false)) caveats.push('The inspector that was opened for this profile is still open.');
    },
    async collect() {
      const parts = files.map(({ path, text }) => readCaptured(path, () => parseCpuProfile(text, 'Node')));
      const [first] = parts;
      if (first === undefined) throw new Error('collect() was called before end()');
      const durationS = Math.max(...parts.map(({ meta }) => meta.durationS ?? 0));
      const said = new Set(parts.flatMap((part) => part.meta.caveats));
      return described(mergeProfiles(parts, { ...first.meta, durationS, caveats: [...said] }));
    },
    kill: async () => void (await closeAll()),
  };

  function described(profile: Profile): Profile {
    if (profile.stacks.length === 0) {
      throw new ExpectedError('no JavaScript ran during the capture', 'profile it under load');
    }
    const { meta } = profile;
    return {
      ...profile,
      meta: {
        ...meta,
        profiler: NAME,
        command: `SIGUSR1, then Profiler.start every ${intervalUs} us over the inspector protocol`,
        startedAt,
        caveats: [
          ...meta.caveats,
          'Weights are wall-clock times: on a busy machine they include waiting for a CPU.',
          'Time in a function that V8 inlined or deoptimised may count for its caller.',
          ...(inspectors.length > 1 ? [`The profiles of ${inspectors.length} processes, merged.`] : []),
          ...caveats,
        ],
      },
    };
  }
}

async function saved(inspector: Inspector, outDir: string): Promise<{ path: string; text: string }> {
  const text = JSON.stringify(await inspector.stopProfiling());
  const path = join(outDir, `${inspector.pid}.cpuprofile`);
  await writeFile(path, text);
  return { path, text };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
