import { describe, expect, it } from 'vitest';
import { fiellerInterval, type Pair, ratioInterval } from '../../../src/analysis/statistics/paired-ratio.js';
import { normal, uniform } from '../../support/noise.js';
import { blocksOf, covers, shareOf } from '../../support/simulation.js';

const TRIALS = 6000;

/** Two gateways, the first 3 % faster, in random blocks on a machine that drifts. */
function pairsOf(n: number, random: () => number, machine: Parameters<typeof blocksOf>[2]): Pair[] {
  const z = normal(random);
  const block = blocksOf(2, random, machine);
  return Array.from({ length: n }, () => {
    const figures = [0, 0];
    for (const { gateway, machine: speed } of block()) {
      figures[gateway] = (gateway === 0 ? 1030 : 1000) * Math.exp(speed + 0.02 * z());
    }
    return { numerator: figures[0] ?? 0, denominator: figures[1] ?? 0 };
  });
}

describe('ratio from pairs', () => {
  it('is the geometric mean of the ratios, whatever the blocks have in common', () => {
    const pairs = [1, 3, 7].map((machine) => ({ numerator: 2 * machine, denominator: machine }));
    const interval = ratioInterval(pairs);
    expect(interval?.estimate).toBeCloseTo(2, 12);
    expect(interval?.low).toBeCloseTo(2, 8);
    expect(interval?.high).toBeCloseTo(2, 8);
  });

  it('turns round with its pairs', () => {
    const pairs = [
      { numerator: 3, denominator: 2 },
      { numerator: 5, denominator: 4 },
      { numerator: 8, denominator: 5 },
    ];
    const turned = pairs.map(({ numerator, denominator }) => ({ numerator: denominator, denominator: numerator }));
    expect(1 / (ratioInterval(turned)?.low ?? 0)).toBeCloseTo(ratioInterval(pairs)?.high ?? 0, 12);
  });

  it('needs two pairs of figures above 0', () => {
    expect(ratioInterval([{ numerator: 1, denominator: 1 }])).toBeNull();
    expect(
      ratioInterval([
        { numerator: 1, denominator: 0 },
        { numerator: 1, denominator: 1 },
      ]),
    ).toBeNull();
  });

  it.each([3, 5, 10])('covers 95 ± 1.5 % on a machine that drifts, n %i', (n) => {
    const random = uniform(11);
    const drifting = { rho: 0.9, machineSpread: 0.1 };
    const coverage = shareOf(TRIALS, () => covers(ratioInterval(pairsOf(n, random, drifting)), 1.03));
    expect(Math.abs(coverage - 0.95)).toBeLessThan(0.015);
  });
});

describe('Fieller’s interval', () => {
  it('is what its definition says: ratios that a t test of numerator less ratio times denominator doesn’t reject', () => {
    const pairs = [
      { numerator: 1.2, denominator: 0.9 },
      { numerator: 1.5, denominator: 1.1 },
      { numerator: 1.1, denominator: 1.2 },
      { numerator: 1.6, denominator: 0.8 },
    ];
    const interval = fiellerInterval(pairs);
    if (interval?.kind !== 'bounded') throw new Error('not bounded');
    for (const ratio of [interval.low, interval.high]) {
      const rest = pairs.map(({ numerator, denominator }) => numerator - ratio * denominator);
      const mean = rest.reduce((sum, value) => sum + value, 0) / 4;
      const variance = rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
      expect(Math.abs(mean) / Math.sqrt(variance / 4)).toBeCloseTo(3.182446, 5);
    }
    expect(interval.low).toBeLessThan(interval.estimate);
    expect(interval.high).toBeGreaterThan(interval.estimate);
  });

  it('says so where the denominator may be 0', () => {
    const pairs = [
      { numerator: 1, denominator: -1 },
      { numerator: 1.1, denominator: 1 },
      { numerator: 0.9, denominator: 0.3 },
    ];
    expect(fiellerInterval(pairs)?.kind).toBe('unbounded');
  });

  it.each([3, 5, 10])('covers 95 ± 1.5 % for overheads with the direct cell in common, n %i', (n) => {
    const z = normal(uniform(12));
    const coverage = shareOf(TRIALS, () => {
      const pairs = Array.from({ length: n }, () => {
        const direct = 60_000 + 60 * z();
        return {
          numerator: 61_500 + 100 * z() - direct,
          denominator: 61_000 + 100 * z() - direct,
        };
      });
      const interval = fiellerInterval(pairs);
      return interval?.kind === 'unbounded' || covers(interval, 1.5);
    });
    expect(Math.abs(coverage - 0.95)).toBeLessThan(0.015);
  });
});
