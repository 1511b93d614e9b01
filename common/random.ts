import prand from 'pure-rand';

/** Draws numbers from 0 to just below 1, uniformly. */
export type Random = () => number;

/**
 * A generator with 53 random bits a number; the same seed and stream repeat the same numbers.
 * @param stream tells processes with the same seed apart
 */
export function newRandom(seed: number, stream = 0): Random {
  const next32 = newRandom32(seed, stream);
  return () => ((next32() >>> 5) * 2 ** 26 + (next32() >>> 6)) / 2 ** 53;
}

/** As {@link newRandom}, but 32 bits at a time, as unsigned integers. */
export function newRandom32(seed: number, stream = 0): () => number {
  let generator: prand.RandomGenerator = prand.xoroshiro128plus(seed);
  // Each jump skips 2^64 draws, so streams don't overlap. Stream 0 jumps as well: the state right after seeding is
  // mostly zeros and ones, and its first draws show it.
  for (let jumps = 0; jumps <= stream; jumps++) generator = generator.jump?.() ?? generator;
  return () => generator.unsafeNext() >>> 0;
}
