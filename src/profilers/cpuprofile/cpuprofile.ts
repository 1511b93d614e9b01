import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { listeningPortsOf } from '../../lib/listeners.js';
import type { Profile } from '../../model/profile.js';
import { mergeProfiles } from '../../profiles/analysis/merge.js';
import { parseCpuProfile } from '../../profiles/formats/cpuprofile/cpuprofile.js';
import { readCaptured } from '../captured-output.js';
import { type Capture, NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../profiler.js';
import { type Inspector, openInspector } from './inspector.js';
import { isNode } from './node-process.js';

const NAME = 'cpuprofile';
/** Below that V8 would do little else than take samples. */
const MIN_INTERVAL_US = 100;

/** V8's own profile of a running Node process, which needs no preparation: SIGUSR1 and the inspector. */
export const cpuProfiler: Profiler = {
  name: NAME,
  title: "V8's CPU profile of running Node processes, by their inspector",

  async unavailable(spec) {
    if (spec === null || spec.native === 'v8') return null;
    return { reason: 'it is not a Node program', hint: 'use perf' };
  },

  async launch(spec) {
    // A port of its own: on 9229 anybody's debugger may listen. Workers of a cluster count up from it.
    const inspect = `--inspect-port=127.0.0.1:${await freePort()}`;
    return { ...NO_LAUNCH_CHANGE, environment: { ...spec.environment, NODE_OPTIONS: inspect } };
  },

  async start(target) {
    const pids = target.pids();
    const nodes = pids.filter(isNode);
    if (nodes.length === 0) {
      throw new ExpectedError(
        `${pids.length === 1 ? `process ${pids[0]} doesn't run` : `none of the processes ${pids.join(', ')} runs`} Node: ` +
          'SIGUSR1, by which Node opens its inspector, could end it, so it was not sent',
        'perf takes any process',
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
  const startedAt = new Date().toISOString();
  try {
    const before = pids.map((pid) => ({ pid, ports: listeningPortsOf(pid) }));
    // One after the other: processes that share a port can't all have it, and the first one is to have it.
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
    if (refusal) caveats.push(`${refusals.length} of ${pids.length} Node processes are not in it: ${refusal.message}.`);
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
        else caveats.push(`A process is not in it: ${messageOf(result.reason)}.`);
      }
      if (files.length === 0) throw new ExpectedError('no Node process lived to the end of the capture');
      if (closed.includes(false)) caveats.push('The inspector that was opened for it stays open.');
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
      throw new ExpectedError('no JavaScript ran while it was captured', 'profile it under load');
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
          'Weights are times by the clock on the wall: on a busy machine, waiting for a CPU is in them.',
          'A function that V8 inlined, or compiled anew after throwing optimised code away, may stand in its caller.',
          ...(inspectors.length > 1 ? [`${inspectors.length} processes, added up.`] : []),
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
