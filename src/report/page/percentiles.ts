const DECADES = 5;

/**
 * The percentiles that a page keeps of each histogram, as numbers that people say: whole ones up to 90, then ninety steps for
 * each further nine, `99.95`, and 100 for the largest value. That is even on the axis on which latencies are drawn.
 */
export const PERCENTILES: readonly number[] = steps();

function steps(): number[] {
  const percentiles: number[] = [];
  for (let decade = 0; decade < DECADES; decade++) {
    const from = 100 - 10 ** (2 - decade);
    // Through the text: 99.1 + 8 * 0.1 isn't 99.9.
    for (let at = 0; at < 90; at++) percentiles.push(Number((from + at * 10 ** -decade).toFixed(decade)));
  }
  return [...percentiles, 99.999, 100];
}

/** A percentile's place on an axis on which each nine is as long: 90 is 1, 99 is 2, 99.9 is 3. */
export function nines(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

/** The place in {@link PERCENTILES} that is nearest to a percentile. */
export function percentileIndex(percentile: number): number {
  let best = 0;
  for (const [index, each] of PERCENTILES.entries()) {
    if (Math.abs(each - percentile) < Math.abs((PERCENTILES[best] ?? 0) - percentile)) best = index;
  }
  return best;
}
