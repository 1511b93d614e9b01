import { join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import { parsePprof } from '../../profiles/formats/pprof/pprof.js';
import { gunzipped, readCaptured } from '../captured-output.js';
import { NO_LAUNCH_CHANGE, type Profiler } from '../profiler.js';
import { requestProfile } from './served-profile.js';

/** Rates that differ by less count as equal. */
const SAME_RATE_HZ = 0.5;

/** Go's own CPU profiler, over HTTP in programs that serve it. */
export const pprofProfiler: Profiler = {
  name: 'pprof',
  title: "Go's own CPU profiler, in programs that serve net/http/pprof",
  unavailable: async (spec) => pprofUnavailable(spec),
  launch: async (spec) => ({ ...NO_LAUNCH_CHANGE, environment: spec.environment }),

  async start(target) {
    const served = await requestProfile(target, 'profile');
    const file = join(target.outDir, 'profile.pb.gz');
    let bytes: Buffer | null = null;
    return {
      async end() {
        bytes = await served.save(file);
      },
      async collect() {
        if (bytes === null) throw new Error('collect() was called before end()');
        const message = gunzipped(file, bytes);
        const profile = readCaptured(file, () => parsePprof(message, { title: 'Go CPU profile', kind: 'cpu' }));
        if (profile.stacks.length === 0) {
          throw new ExpectedError(
            `${served.url} has no samples: the program used no CPU time`,
            'profile it under load',
          );
        }
        const { meta } = profile;
        const otherRate = meta.rateHz !== null && Math.abs(meta.rateHz - target.rateHz) > SAME_RATE_HZ;
        return {
          ...profile,
          meta: {
            ...meta,
            profiler: 'pprof',
            command: `GET ${served.url}`,
            startedAt: meta.startedAt ?? served.startedAt,
            durationS: meta.durationS ?? served.seconds,
            caveats: [
              ...meta.caveats,
              ...(otherRate
                ? [`Sampled at ${meta.rateHz} Hz instead of ${target.rateHz} Hz: Go's rate can't be set over HTTP.`]
                : []),
            ],
          },
        };
      },
      kill: async () => served.abandon(),
    };
  },
};

/** Why a gateway has no Go profiles; null if it has, or if only a request will tell. */
export function pprofUnavailable(spec: ProfilerSpec | null): { reason: string; hint: string } | null {
  if (spec === null || spec.native === 'pprof') return null;
  return {
    reason: 'its manifest names no Go profiles',
    hint: 'use perf; if a version serves them, declare them in gateway.yaml: profiler: { native: pprof, pprof: { path } }',
  };
}
