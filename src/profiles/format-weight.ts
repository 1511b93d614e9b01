import { formatDecimal } from '../lib/format.js';
import type { ProfileMeta } from '../model/profile.js';

/** `1.23 s`, `45.60 ms`, `990 cycles`, `1.50 MiB`: a weight in its own unit. */
export function formatWeight(weight: number, { unit, event }: Pick<ProfileMeta, 'unit' | 'event'>): string {
  switch (unit) {
    case 'nanoseconds':
      if (weight === 0) return '0 s';
      return weight >= 1e9
        ? `${formatDecimal(weight / 1e9, 2)} s`
        : `${formatDecimal(weight / 1e6, weight >= 1e7 ? 0 : 2)} ms`;
    case 'samples':
      return `${formatDecimal(weight, 0)} ${weight === 1 ? 'sample' : 'samples'}`;
    case 'events':
      return `${formatDecimal(weight, 0)} ${event ?? 'events'}`;
    case 'bytes':
      return `${formatDecimal(weight / 2 ** 20, 2)} MiB`;
    default:
      return unit satisfies never;
  }
}
