/** Numbers from 0 to just below 1, evenly spread. */
export type Random = () => number;

/**
 * A generator that repeats itself for the same seed, with 53 bits in each number: sfc32 (Chris Doty-Humphrey,
 * PractRand), seeded through splitmix32.
 * @param stream tells processes with the same seed apart
 */
export function newRandom(seed: number, stream = 0): Random {
  const next32 = newRandom32(seed, stream);
  return () => ((next32() >>> 5) * 2 ** 26 + (next32() >>> 6)) / 2 ** 53;
}

/** The same generator's 32 bits at a time, as unsigned integers. */
export function newRandom32(seed: number, stream = 0): () => number {
  let mix = (seed ^ Math.imul(stream, 0x9e3779b9)) >>> 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The author's own seeding discards the first numbers, until the seed has spread through the state.
  for (let i = 0; i < 15; i++) next();
  return next;
}
