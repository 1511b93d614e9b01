/** A stretch of time on the clock of `process.hrtime`, in microseconds. */
export interface Stretch {
  fromUs: number;
  toUs: number;
}

/**
 * The delays that the mock gave within a stretch, from the text of its record: a line each with the moment at which the
 * request was whole, the delay drawn, and the delay given, in microseconds. A request belongs to the stretch in which its
 * answer was given, as the engines count it too: whatever is still waiting at the end would be mostly the long ones.
 */
export function delaysGivenWithin(csv: string, { fromUs, toUs }: Stretch): Float64Array {
  const delays: number[] = [];
  for (const line of csv.split('\n')) {
    const [wholeUs, , givenUs] = line.split(',').map(Number);
    if (wholeUs === undefined || givenUs === undefined || Number.isNaN(wholeUs + givenUs)) continue;
    const answeredUs = wholeUs + givenUs;
    if (answeredUs >= fromUs && answeredUs < toUs) delays.push(givenUs);
  }
  return Float64Array.from(delays);
}
