import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mser5 } from '../../src/analysis/mser.js';
import { normal, uniform } from '../support/noise.js';

const SECONDS = 60;
const RUNS = 400;

/** Share of simulated series that the rule calls steady. */
function steadyShare(rateAt: (second: number, noise: number) => number): number {
  const noise = normal(uniform(1));
  let steady = 0;
  for (let run = 0; run < RUNS; run++) {
    const series = Array.from({ length: SECONDS }, (_, second) => rateAt(second, noise()));
    if (mser5(series)?.steady) steady++;
  }
  return steady / RUNS;
}

describe('MSER-5', () => {
  it('passes stationary noise mostly', () => {
    expect(steadyShare((_, noise) => 1000 + 20 * noise)).toBeGreaterThan(0.85);
  });

  it('catches a rate that rises through the whole window', () => {
    expect(steadyShare((second, noise) => 1000 + 5 * second + 10 * noise)).toBeLessThan(0.05);
  });

  it('catches a rate that falls through the whole window', () => {
    expect(steadyShare((second, noise) => 1000 - 5 * second + 10 * noise)).toBeLessThan(0.05);
  });

  it('cuts off a slow start and passes the rest', () => {
    const noise = normal(uniform(2));
    const series = Array.from({ length: SECONDS }, (_, second) => (second < 10 ? 300 : 1000) + noise());
    expect(mser5(series)).toEqual({ point: 10, points: 60, steady: true });
  });

  it('passes a rate that never changes, from its first second', () => {
    expect(mser5(new Array<number>(60).fill(500))).toEqual({ point: 0, points: 60, steady: true });
  });

  it('says nothing of a series that is too short for it to fail', () => {
    expect(mser5(new Array<number>(54).fill(500))).toBeNull();
    expect(mser5(new Array<number>(55).fill(500))).not.toBeNull();
  });

  it('does not depend on the unit of the rate', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 55, maxLength: 130 }),
        fc.constantFrom(2, 4, 1024),
        (series, factor) => {
          // Powers of two scale floating-point numbers exactly, so that ties stay ties.
          expect(mser5(series.map((rate) => rate * factor))).toEqual(mser5(series));
        },
      ),
    );
  });
});
