import type { Profile, ProfileMeta } from '../model/profile.js';

/** Samples and weight of a whole profile. */
interface ProfileSize {
  samples: number;
  /** In the profile's unit. */
  weight: number;
}

export function profileSize({ stacks }: Profile): ProfileSize {
  let samples = 0;
  let weight = 0;
  for (const stack of stacks) {
    samples += stack.samples;
    weight += stack.weight;
  }
  return { samples, weight };
}

/** The share of a part, from 0 to 1; 0 if the whole is 0. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** What a profile's weights are shares of: `32 % of CPU in the kernel`, `32 % of page-faults in the kernel`. */
export function weightName({ kind, event, unit }: ProfileMeta): string {
  switch (kind) {
    case 'cpu':
      return 'CPU';
    case 'off-cpu':
    case 'mutex':
    case 'block':
      return 'time';
    case 'other':
      return event ?? unit;
    default:
      return kind satisfies never;
  }
}

/** CPU time of one unit of weight; null if the profile doesn't count CPU time. */
function nanosecondsPerWeight({ kind, unit, rateHz, cpuNsPerWeight }: ProfileMeta): number | null {
  if (kind !== 'cpu') return null;
  switch (unit) {
    case 'nanoseconds':
      return 1;
    case 'samples':
      return rateHz === null ? null : 1e9 / rateHz;
    case 'events':
      return cpuNsPerWeight;
    case 'bytes':
      return null;
    default:
      return unit satisfies never;
  }
}

/**
 * CPU time of a weight per request that completed during the capture, microseconds; null without a load by gatebench, or if
 * the profile doesn't count CPU time.
 */
export function cpuUsPerRequest(weight: number, meta: ProfileMeta): number | null {
  const perWeight = nanosecondsPerWeight(meta);
  const requests = meta.load?.requests ?? 0;
  return perWeight === null || requests <= 0 ? null : (weight * perWeight) / 1000 / requests;
}

/**
 * CPU time by samples divided by the CPU time that the kernel counted for the same requests: 1 if they agree, null if
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

/** The two-sided 95 % point of the normal distribution. */
const Z_95 = 1.959964;

export interface ShareInterval {
  /** Both from 0 to 1. */
  low: number;
  high: number;
}

/**
 * The 95 % confidence interval of a share: Wilson's score interval, which unlike the textbook one holds for small counts
 * and for shares of 0 (E. B. Wilson, JASA 22, 1927, 209-212; recommended by Brown, Cai and DasGupta, Statistical
 * Science 16, 2001, 101-133).
 *
 * It assumes that samples are independent. Those of one profile nearly are: at 99 Hz two samples of a thread are 10 ms
 * apart, many requests at any load worth profiling, and 99 Hz is in step with nothing that runs every 10 ms. Threads
 * that run at the same time are sampled at the same time, so what they do together, such as parallel garbage
 * collection, is a little less certain than the interval says.
 *
 * @param share observed, from 0 to 1
 * @param samples of the whole profile; without any, the interval is 0 to 1
 */
export function shareInterval(share: number, samples: number): ShareInterval {
  if (samples <= 0) return { low: 0, high: 1 };
  const z2 = Z_95 ** 2;
  const centre = (share + z2 / (2 * samples)) / (1 + z2 / samples);
  const half = (Z_95 / (1 + z2 / samples)) * Math.sqrt((share * (1 - share)) / samples + z2 / (4 * samples ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
