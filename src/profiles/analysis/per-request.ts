import type { Profile, ProfileMeta } from '../../model/profile.js';

/** How much CPU time a unit of weight is; null where the profile doesn't count CPU time. */
function nanosecondsPerWeight({ kind, unit, rateHz }: ProfileMeta): number | null {
  if (kind !== 'cpu') return null;
  switch (unit) {
    case 'nanoseconds':
      return 1;
    case 'samples':
      return rateHz === null ? null : 1e9 / rateHz;
    case 'bytes':
      return null;
    default:
      return unit satisfies never;
  }
}

/**
 * CPU time of a weight over the requests that completed while the profile was captured, microseconds; null where there
 * was no load of ours or where CPU time isn't what was counted.
 */
export function cpuUsPerRequest(weight: number, meta: ProfileMeta): number | null {
  const perWeight = nanosecondsPerWeight(meta);
  const requests = meta.load?.requests ?? 0;
  return perWeight === null || requests <= 0 ? null : (weight * perWeight) / 1000 / requests;
}

/**
 * CPU time by samples over the CPU time that the kernel counted for the same requests: 1 where they agree. Null where
 * either is unknown.
 */
export function cpuCoverage({ meta, stacks }: Profile): number | null {
  const bySamples = cpuUsPerRequest(
    stacks.reduce((sum, { weight }) => sum + weight, 0),
    meta,
  );
  const byKernel = meta.load?.cpuUsPerRequest ?? null;
  return bySamples === null || byKernel === null || byKernel <= 0 ? null : bySamples / byKernel;
}

/** CPU seconds of a weight; null where CPU time isn't what was counted. */
export function cpuSeconds(weight: number, meta: ProfileMeta): number | null {
  const perWeight = nanosecondsPerWeight(meta);
  return perWeight === null ? null : (weight * perWeight) / 1e9;
}
