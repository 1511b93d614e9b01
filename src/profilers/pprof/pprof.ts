import { join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import type { ProfilerSpec } from '../../model/gateway.js';
import { parsePprof } from '../../profiles/formats/pprof/parse-pprof.js';
import { gunzipped, readCaptured } from '../captured-output.js';
import { NO_LAUNCH_CHANGE, type Profiler } from '../profiler.js';
import { requestProfile } from './served-profile.js';

/** A rate that was asked for and a rate that was had are the same within this. */
const SAME_RATE_HZ = 0.5;

/** Go's own CPU profile, fetched over HTTP from a program that serves it. */
export const pprofProfiler: Profiler = {
  name: 'pprof',
  title: "Go's own CPU profile, from programs that serve net/http/pprof",
  unavailable: async (spec) => notServed(spec),
  launch: async (spec) => ({ ...NO_LAUNCH_CHANGE, environment: spec.environment }),

  async start(target) {
    const served = await requestProfile(target, 'profile');
    const file = join(target.outDir, 'profile.pb.gz');
    let bytes: Buffer | null = null;
    return {
      async end() {
        bytes = await served.saved(file);
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
                ? [
                    `Sampled at ${meta.rateHz} Hz, not at the ${target.rateHz} Hz asked for: Go can't be told a rate over HTTP.`,
                  ]
                : []),
            ],
          },
        };
      },
      kill: async () => served.abandon(),
    };
  },
};

/** Why a gateway's Go profiles can't be had; null where they can, or where only asking will tell. */
export function notServed(spec: ProfilerSpec | null): { reason: string; hint: string } | null {
  if (spec === null || spec.native === 'pprof') return null;
  return {
    reason: 'it serves no Go profiles that are known of',
    hint: 'use perf; where a version serves them, say so in its gateway.yaml: profiler: { native: pprof, pprof: { path } }',
  };
}
