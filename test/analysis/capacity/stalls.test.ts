import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, percentileUs, recordUs } from '../../../common/histogram.js';
import { percentileWithStallsUs } from '../../../src/analysis/capacity/stalls.js';
import { normal, uniform } from '../../support/noise.js';

/** A closed loop of so many VUs over 10 s, with one stall; and what p99 is of it. */
function closedLoop(vus: number, latencyUs: number, stallUs: number) {
  const histogram = newHistogram();
  const answered = Math.floor((10e6 - stallUs) / latencyUs);
  for (let vu = 0; vu < vus; vu++) {
    for (let request = 0; request < answered; request++) recordUs(histogram, latencyUs);
    // Its one request was sent somewhere in the latency before the stall.
    if (stallUs > 0) recordUs(histogram, stallUs + (latencyUs * vu) / vus);
  }
  return { p99Us: percentileUs(histogram, 0.99), encoded: encodeHistogram(histogram) };
}

describe('percentileWithStallsUs', () => {
  it('sees a stall of a second in ten, which p99 does not', () => {
    const { p99Us, encoded } = closedLoop(50, 60_000, 1e6);
    expect(p99Us).toBeLessThan(61_000);
    // An open loop's requests wait evenly for 0 to 1 s in a tenth of the time: p99 is 0.9 s.
    expect(percentileWithStallsUs(encoded, 0.99, 60_000)).toBeGreaterThan(0.85e6);
    expect(percentileWithStallsUs(encoded, 0.99, 60_000)).toBeLessThan(1e6);
  });

  it('changes nothing without a stall, and little in a long tail', () => {
    const { p99Us, encoded } = closedLoop(50, 60_000, 0);
    expect(percentileWithStallsUs(encoded, 0.99, 60_000)).toBe(p99Us);
    const draw = normal(uniform(1));
    const tail = newHistogram();
    for (let request = 0; request < 20_000; request++) recordUs(tail, 60_000 * Math.exp(0.5 * draw()));
    const ratio = percentileWithStallsUs(encodeHistogram(tail), 0.99, 60_000) / percentileUs(tail, 0.99);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
