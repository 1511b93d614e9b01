import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import { formatShare } from '../../lib/format.js';
import { commandLineOf } from '../../lib/listeners.js';
import { compiledProgram } from '../../lib/paths.js';
import { runClock } from '../../lib/run-clock.js';
import type { Profile } from '../../model/profile.js';
import { parseOxStacks } from '../../profiles/formats/0x.js';
import { gunzipped, readCaptured } from '../captured-output.js';
import type { Profiler } from '../profiler.js';
import { STACKS_FILE, WORK_FOLDER } from './files.js';

const NAME = '0x';
/** After Node's end 0x reads V8's log twice, and the log grows with the load. */
const STOP_GRACE_S = 120;
const NODE_NAME = /^node(?:js)?[\d.]*$/;

const CAVEATS = [
  'The whole life of the process, with start, warm-up and stop: there is no CPU time per request.',
  'V8 writes a log for 0x all the time, which can halve the throughput. The sampling rate is fixed.',
  'No kernel frames: kernel time counts for the function that made the system call.',
];

/** 0x reads V8's log, with Node's C++ and V8's tiers. It has to start the program. */
export const oxProfiler: Profiler = {
  name: NAME,
  title: "0x: V8's log of a Node program that it starts, with V8's tiers and Node's C++",
  startsProgram: true,

  async unavailable(spec) {
    if (spec === null) {
      return { reason: 'it has to start the program itself', hint: 'use cpuprofile for a running process' };
    }
    return spec.native === 'v8' ? null : { reason: 'it is not a Node program', hint: 'use perf' };
  },

  launch: async (spec, outDir) => ({
    environment: spec.environment,
    command(argv) {
      const [program = ''] = argv;
      if (!NODE_NAME.test(basename(program))) {
        throw new UsageError(
          `0x has to start Node, but the command is "${argv.join(' ')}"`,
          'use cpuprofile or perf, or make the command in gateway.yaml start with node',
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
        `process ${main ?? 'of the gateway'} was not started by 0x, which can't attach to a running process`,
        'use cpuprofile for a running process',
      );
    }
    const startedAt = runClock.now();
    const file = join(outDir, STACKS_FILE);
    return {
      // It samples until the process ends, then writes its output.
      end: async () => undefined,
      async collect() {
        const packed = await readFile(file).catch(() => {
          throw new ExpectedError(
            `0x wrote no ${STACKS_FILE}: the program was killed, or took longer than ${STOP_GRACE_S} s to stop`,
            "see 0x's messages in the gateway's log",
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
            // Unknown, but longer than the window.
            durationS: null,
            caveats: [...profile.meta.caveats, ...CAVEATS, logWriting(profile)],
          },
        };
      },
      kill: () => rm(join(outDir, WORK_FOLDER), { recursive: true, force: true, maxRetries: 3 }),
    };
  },
};

/** Up to half of all ticks of a gateway under load, even below functions that only compute. */
function logWriting({ frames, stacks }: Profile): string {
  let all = 0;
  let writing = 0;
  for (const { frames: stack, weight } of stacks) {
    all += weight;
    if (frames[stack.at(-1) ?? -1]?.name === '__write') writing += weight;
  }
  return `${formatShare(writing / all)} of the ticks ended in __write: V8 writes its log there, below whatever function it logs.`;
}

function oxVersion(): string {
  const { version } = createRequire(import.meta.url)('0x/package.json') as { version: string };
  return version;
}
