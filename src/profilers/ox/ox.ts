import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import { commandLineOf } from '../../lib/listeners.js';
import { compiledProgram } from '../../lib/paths.js';
import type { Profile } from '../../model/profile.js';
import { parseOxStacks } from '../../profiles/formats/0x/ox-stacks.js';
import { gunzipped, readCaptured } from '../captured-output.js';
import type { Profiler } from '../profiler.js';
import { STACKS_FILE, WORK_FOLDER } from './files.js';

const NAME = '0x';
/** What 0x does between the end of Node and its own: it reads V8's log twice, which grows with the load. */
const STOP_GRACE_S = 120;
const NODE_NAME = /^node(?:js)?[\d.]*$/;

const CAVEATS = [
  'The whole life of the process: its start, its warm-up and its stop are in it, so it gives no CPU time for each request.',
  'V8 logs for 0x all the time, which can halve the throughput; its rate can’t be chosen.',
  'No kernel frames: time in the kernel stands at the function that made the call.',
];

/** V8's log by 0x, which has to start the program: Node's own C++ and V8's tiers are in it. */
export const oxProfiler: Profiler = {
  name: NAME,
  title: "0x: V8's own log of a Node program that it starts, with V8's tiers and Node's C++",
  startsProgram: true,

  async unavailable(spec) {
    if (spec === null) {
      return { reason: 'it has to start the program itself', hint: 'use cpuprofile for a process that runs' };
    }
    return spec.native === 'v8' ? null : { reason: 'it is not a Node program', hint: 'use perf' };
  },

  launch: async (spec, outDir) => ({
    environment: spec.environment,
    command(argv) {
      const [program = ''] = argv;
      if (!NODE_NAME.test(basename(program))) {
        throw new UsageError(
          `0x has to start Node, and the command is "${argv.join(' ')}"`,
          'use cpuprofile or perf, or begin the command in gateway.yaml with node',
        );
      }
      return [process.execPath, compiledProgram('src/profilers/ox/runner'), outDir, '--', ...argv];
    },
    stopGraceS: STOP_GRACE_S,
  }),

  async start({ pids, outDir }) {
    const [main] = pids();
    if (main === undefined || !commandLineOf(main)?.includes(`ox/runner.js ${outDir} -- `)) {
      throw new ExpectedError(
        `process ${main ?? 'of the gateway'} was not started by 0x, which can't profile a process that runs`,
        'use cpuprofile for a process that runs',
      );
    }
    const startedAt = new Date().toISOString();
    const file = join(outDir, STACKS_FILE);
    return {
      // It samples until the process ends, and writes then.
      end: async () => undefined,
      async collect() {
        const packed = await readFile(file).catch(() => {
          throw new ExpectedError(
            `0x left no ${STACKS_FILE}: the program was killed, or took longer than ${STOP_GRACE_S} s to stop`,
            "see the gateway's log, where 0x says why",
          );
        });
        const text = gunzipped(file, packed).toString('utf8');
        const profile = readCaptured(file, () => parseOxStacks(text, 'Node'));
        if (profile.stacks.length === 0) throw new ExpectedError('V8 logged no samples', 'profile it under load');
        return {
          ...profile,
          meta: {
            ...profile.meta,
            profiler: NAME,
            tool: `0x ${oxVersion()}`,
            command: 'node --prof, read by 0x (treeDebug)',
            startedAt,
            // Of the capture nothing is known but that it is longer than the window.
            durationS: null,
            caveats: [...profile.meta.caveats, ...CAVEATS, logWriting(profile)],
          },
        };
      },
      kill: () => rm(join(outDir, WORK_FOLDER), { recursive: true, force: true, maxRetries: 3 }),
    };
  },
};

/** Seen on a gateway under load: half of all ticks, and below functions that do nothing but compute. */
function logWriting({ frames, stacks }: Profile): string {
  let all = 0;
  let writing = 0;
  for (const { frames: stack, weight } of stacks) {
    all += weight;
    if (frames[stack.at(-1) ?? -1]?.name === '__write') writing += weight;
  }
  const share = ((100 * writing) / all).toFixed(1);
  return `${share} % of the ticks ended in __write: V8 writes its log by it, below whatever function it is just noting.`;
}

function oxVersion(): string {
  const { version } = createRequire(import.meta.url)('0x/package.json') as { version: string };
  return version;
}
