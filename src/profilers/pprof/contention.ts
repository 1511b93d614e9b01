import { join } from 'node:path';
import { UnavailableError } from '../../lib/errors.js';
import { httpRequest } from '../../lib/http.js';
import { parsePprof } from '../../profiles/formats/pprof/parse-pprof.js';
import { gunzipped, readCaptured } from '../captured-output.js';
import { NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../profiler.js';
import { notServed } from './pprof.js';
import { requestProfile, servedUrl } from './served-profile.js';

type Contention = 'mutex' | 'block';

const SETTINGS_TIMEOUT_MS = 10_000;

const ACCOUNTS: Record<Contention, { title: string; profiling: string; waited: string; switchOn: string }> = {
  mutex: {
    title: "Go's own account of waiting for locks, by who held them",
    profiling: 'the program has mutex profiling off (SetMutexProfileFraction is 0)',
    waited: 'no goroutine waited for a lock',
    switchOn: 'its makers have to switch it on: runtime.SetMutexProfileFraction(1)',
  },
  block: {
    title: "Go's own account of where goroutines block",
    profiling: 'the program has block profiling off (SetBlockProfileRate was not called)',
    waited: 'no goroutine was blocked',
    switchOn: 'its makers have to switch it on: runtime.SetBlockProfileRate(1)',
  },
};

/** Go's mutex and block profiles over HTTP: what was added during the capture (Go 1.15 or later). */
export function contentionProfiler(kind: Contention): Profiler {
  return {
    name: kind,
    title: ACCOUNTS[kind].title,
    unavailable: async (spec) => notServed(spec),
    launch: async (spec) => ({ ...NO_LAUNCH_CHANGE, environment: spec.environment }),

    async start(target) {
      const served = await requestProfile(target, kind);
      const file = join(target.outDir, `${kind}.pb.gz`);
      let bytes: Buffer | null = null;
      let off: boolean | null = false;
      return {
        async end() {
          bytes = await served.saved(file);
          off = await profilingIsOff(kind, target);
        },
        async collect() {
          if (bytes === null) throw new Error('collect() was called before end()');
          const message = gunzipped(file, bytes);
          const profile = readCaptured(file, () => parsePprof(message, { title: `Go ${kind} profile`, kind }));
          if (!profile.stacks.some(({ weight }) => weight > 0)) throw nothingWaited(kind, off);
          return {
            ...profile,
            meta: {
              ...profile.meta,
              profiler: kind,
              command: `GET ${served.url}`,
              // Events, not samples at a rate.
              rateHz: null,
              startedAt: profile.meta.startedAt ?? served.startedAt,
              durationS: profile.meta.durationS ?? served.seconds,
            },
          };
        },
        kill: async () => served.abandon(),
      };
    },
  };
}

/**
 * A profile as text has the rate in its head: `sampling period=0`. Only mutex has; of block no answer tells.
 * @returns null where the text tells nothing
 */
async function profilingIsOff(kind: Contention, target: ProfileTarget): Promise<boolean | null> {
  if (kind === 'block') return null;
  const answer = await httpRequest(servedUrl(target, kind, 'debug=1'), {
    headers: target.spec.pprof?.headers ?? {},
    timeoutMs: SETTINGS_TIMEOUT_MS,
    signal: target.signal,
  }).catch(() => null);
  const [, period] = /^sampling period=(\d+)$/m.exec(answer?.body ?? '') ?? [];
  return period === undefined ? null : Number(period) === 0;
}

function nothingWaited(kind: Contention, off: boolean | null): UnavailableError {
  const { profiling, waited, switchOn } = ACCOUNTS[kind];
  const none = `no ${kind} profile here, because`;
  if (off === false)
    return new UnavailableError(`${none} ${waited} while it was captured`, 'profile it under more load');
  if (off) return new UnavailableError(`${none} ${profiling}`, switchOn);
  return new UnavailableError(`${none} ${profiling}, or ${waited}`, switchOn);
}
