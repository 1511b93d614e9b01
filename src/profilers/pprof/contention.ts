import { join } from 'node:path';
import { UnavailableError } from '../../lib/errors.js';
import { httpRequest } from '../../lib/http.js';
import { parsePprof } from '../../profiles/formats/pprof/pprof.js';
import { gunzipped, readCaptured } from '../captured-output.js';
import { NO_LAUNCH_CHANGE, type Profiler, type ProfileTarget } from '../profiler.js';
import { pprofUnavailable } from './pprof.js';
import { requestProfile, servedUrl } from './served-profile.js';

type Contention = 'mutex' | 'block';

const SETTINGS_TIMEOUT_MS = 10_000;

const CONTENTIONS: Record<Contention, { title: string; profiling: string; waited: string; enable: string }> = {
  mutex: {
    title: "Go's mutex profile: waiting for locks, by the function that held them",
    profiling: 'the program has mutex profiling off (SetMutexProfileFraction is 0)',
    waited: 'no goroutine waited for a lock',
    enable: 'the program has to enable it: runtime.SetMutexProfileFraction(1)',
  },
  block: {
    title: "Go's block profile: where goroutines wait",
    profiling: 'the program has block profiling off (SetBlockProfileRate was not called)',
    waited: 'no goroutine was blocked',
    enable: 'the program has to enable it: runtime.SetBlockProfileRate(1)',
  },
};

/** Go's mutex and block profiles over HTTP: what was added during the capture (Go 1.15 and later). */
export function contentionProfiler(kind: Contention): Profiler {
  return {
    name: kind,
    title: CONTENTIONS[kind].title,
    unavailable: async (spec) => pprofUnavailable(spec),
    launch: async (spec) => ({ ...NO_LAUNCH_CHANGE, environment: spec.environment }),

    async start(target) {
      const served = await requestProfile(target, kind);
      const file = join(target.outDir, `${kind}.pb.gz`);
      let bytes: Buffer | null = null;
      let off: boolean | null = false;
      return {
        async end() {
          bytes = await served.save(file);
          off = await isProfilingOff(kind, target);
        },
        async collect() {
          if (bytes === null) throw new Error('collect() was called before end()');
          const message = gunzipped(file, bytes);
          const profile = readCaptured(file, () => parsePprof(message, { title: `Go ${kind} profile`, kind }));
          if (!profile.stacks.some(({ weight }) => weight > 0)) throw noWaits(kind, off);
          return {
            ...profile,
            meta: {
              ...profile.meta,
              profiler: kind,
              command: `GET ${served.url}`,
              // These are events, not samples at a rate.
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
 * Whether profiling is off. The text form of a mutex profile says so: `sampling period=0`. Block profiles don't.
 * @returns null if it is unknown
 */
async function isProfilingOff(kind: Contention, target: ProfileTarget): Promise<boolean | null> {
  if (kind === 'block') return null;
  const response = await httpRequest(servedUrl(target, kind, 'debug=1'), {
    headers: target.spec.pprof?.headers ?? {},
    timeoutMs: SETTINGS_TIMEOUT_MS,
    signal: target.signal,
  }).catch(() => null);
  const [, period] = /^sampling period=(\d+)$/m.exec(response?.body ?? '') ?? [];
  return period === undefined ? null : Number(period) === 0;
}

function noWaits(kind: Contention, off: boolean | null): UnavailableError {
  const { profiling, waited, enable } = CONTENTIONS[kind];
  const none = `no ${kind} profile, because`;
  if (off === false) return new UnavailableError(`${none} ${waited} during the capture`, 'profile it under more load');
  if (off) return new UnavailableError(`${none} ${profiling}`, enable);
  return new UnavailableError(`${none} ${profiling}, or ${waited}`, enable);
}
