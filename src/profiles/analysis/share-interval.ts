/** The two-sided 95 % point of the normal distribution. */
const Z_95 = 1.959964;

export interface ShareInterval {
  /** Both from 0 to 1. */
  low: number;
  high: number;
}

/**
 * The 95 % confidence interval of a share that was seen in a number of samples: Wilson's score interval, which unlike
 * the textbook one holds for small counts and for shares of 0 (E. B. Wilson, JASA 22, 1927, 209-212; recommended by
 * Brown, Cai and DasGupta, Statistical Science 16, 2001, 101-133).
 *
 * It takes samples to be independent. Those of one profile nearly are: at 99 Hz there are 10 ms between two of a thread,
 * many requests at any load worth profiling, and 99 is in step with nothing that runs every 10 ms. Threads that run at
 * the same time are sampled at the same time, so that what they do together, such as collecting garbage in parallel,
 * is a little less certain than the interval says.
 *
 * @param share seen, from 0 to 1
 * @param samples of the whole profile; with none, nothing is known: 0 to 1
 */
export function shareInterval(share: number, samples: number): ShareInterval {
  if (samples <= 0) return { low: 0, high: 1 };
  const z2 = Z_95 ** 2;
  const centre = (share + z2 / (2 * samples)) / (1 + z2 / samples);
  const half = (Z_95 / (1 + z2 / samples)) * Math.sqrt((share * (1 - share)) / samples + z2 / (4 * samples ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
