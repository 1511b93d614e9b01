/**
 * Holm's step-down adjustment (1979): where every hypothesis with an adjusted p of at most 5 % is rejected, the chance
 * that any of them was true is at most 5 %, whatever depends on what.
 * @returns in the same order; never below the p that was given
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
