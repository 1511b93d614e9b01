import { tQuantile } from './distributions.js';

/** Of seeing a difference that is there. Cohen's (1988) convention. */
const POWER = 0.8;

/** More are no plan, whatever the spread. */
const MAX_REPEATS = 1000;

/**
 * Repeats with which a difference would be seen four times in five: the fewest `n` with
 * `(t(1 - alpha/2) + t(0.8)) * sd / sqrt(n) <= difference`, n - 1 degrees of freedom. The spread comes from the repeats at
 * hand, so it is a forecast.
 * @param sd standard deviation of what is averaged, in the unit of `difference`
 * @param alpha chance of seeing a difference that isn't there
 * @returns null where it would take more than a thousand
 */
export function repeatsNeeded(sd: number, difference: number, alpha: number): number | null {
  for (let n = 2; n <= MAX_REPEATS; n++) {
    const reach = tQuantile(1 - alpha / 2, n - 1) + tQuantile(POWER, n - 1);
    if ((reach * sd) / Math.sqrt(n) <= difference) return n;
  }
  return null;
}
