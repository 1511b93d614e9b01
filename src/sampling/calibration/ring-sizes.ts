import { readdirSync, readFileSync } from 'node:fs';
import type { Calibration } from '../../model/calibration.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of the caches that one CPU sees; null could not be read. */
export interface CacheSizes {
  l2: number | null;
  l3: number | null;
}

/**
 * Sizes of the rings: well inside L2; beyond L2 and well inside L3, where it counts what neighbours leave of it; and
 * beyond both. Where caches can't be read, for 1 MiB of L2 and 32 MiB of L3.
 */
export function ringSizes({ l2, l3 }: CacheSizes): Calibration['ringBytes'] {
  const secondLevel = l2 ?? MIB;
  const thirdLevel = l3 ?? 32 * MIB;
  return {
    chaseL2: within(secondLevel / 4, 128 * KIB, MIB),
    chaseL3: within(Math.max(thirdLevel / 8, 2 * secondLevel), 2 * MIB, 8 * MIB),
    chaseMemory: within(2 * thirdLevel, 64 * MIB, 128 * MIB),
  };
}

/** The largest power of two up to `bytes`, not below and not above the bounds, which are powers of two themselves. */
function within(bytes: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.floor(Math.log2(bytes))));
}

/** The caches of the first CPU, as the kernel lists them. */
export function readCacheSizes(folder = '/sys/devices/system/cpu/cpu0/cache'): CacheSizes {
  const sizes: CacheSizes = { l2: null, l3: null };
  try {
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith('index'))) {
      const level = readFileSync(`${folder}/${name}/level`, 'utf8').trim();
      const kibibytes = /^(\d+)K$/.exec(readFileSync(`${folder}/${name}/size`, 'utf8').trim())?.[1];
      if (kibibytes === undefined) continue;
      if (level === '2') sizes.l2 = Number(kibibytes) * KIB;
      if (level === '3') sizes.l3 = Number(kibibytes) * KIB;
    }
  } catch {
    // Some machines don't list them.
  }
  return sizes;
}
