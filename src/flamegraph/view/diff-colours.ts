/** The ends and the middle of ColorBrewer's RdBu, which colour-blind people can tell apart; light enough for black text. */
const GREW: Rgb = [239, 106, 86];
const SHRANK: Rgb = [84, 160, 218];
const SAME: Rgb = [240, 238, 236];
type Rgb = [number, number, number];

/**
 * Red for what grew, blue for what shrank.
 * @param change after less before
 * @param largest the largest change of any frame, whatever its sign
 */
export function diffColour(change: number, largest: number): string {
  if (largest <= 0 || change === 0) return rgb(SAME);
  // By the root, so that a change of a tenth of the largest is still seen.
  const strength = Math.min(1, Math.sqrt(Math.abs(change) / largest));
  const end = change > 0 ? GREW : SHRANK;
  return rgb([mix(SAME[0], end[0], strength), mix(SAME[1], end[1], strength), mix(SAME[2], end[2], strength)]);
}

function mix(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}

function rgb([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}
