import { describe, expect, it } from 'vitest';
import { formatAdded, formatPairsNeeded } from '../../../src/analysis/live/format-added.js';
import { liveResult } from '../../../src/analysis/live/live-results.js';
import { aCall, aFailure, aPair } from '../../support/live-calls.js';

const good = Array.from({ length: 8 }, (_, index) => aPair(aCall(100 + 50 * index), aCall(102 + 50 * index)));

describe('what a gateway adds', () => {
  it('is the median of the differences, which drift of the endpoint leaves alone', () => {
    const result = liveResult('mine', good);
    expect(result.addedUs).toEqual({ estimate: 2000, low: 2000, high: 2000, n: 8 });
    expect(result).toMatchObject({ pairs: 8, counted: 8, direct: { p50Us: 250_000 }, through: { p50Us: 252_000 } });
    expect([result.addedFirstContentUs, result.addedBesideProviderUs]).toEqual([null, null]);
  });

  it('leaves out what is no comparison, and says why', () => {
    const far = aCall(9_000);
    const result = liveResult('mine', [
      ...good,
      aPair(far, aCall(1), { warmup: true }),
      aPair(aFailure(500), aCall(1)),
      aPair(aCall(1), aFailure(502)),
      aPair(aCall(1), aFailure(502)),
      aPair(aCall(1), aCall(9_000, { retries: 1 })),
      aPair(aCall(9_000, { newConnection: true }), aCall(1)),
    ]);
    expect(result.addedUs?.estimate).toBe(2000);
    expect(result.leftOut).toEqual({
      'warm-up': 1,
      'direct failed': 1,
      'gateway failed': 2,
      retried: 1,
      'new connection': 1,
    });
    expect(result.errors).toEqual([
      { side: 'gateway', error: 'status 502', count: 2 },
      { side: 'direct', error: 'status 500', count: 1 },
    ]);
  });

  it('is known better where both sides say how long the provider took', () => {
    const told = (ms: number, providerMs: number) => aCall(ms, { providerUs: providerMs * 1000 });
    const pairs = Array.from({ length: 8 }, (_, index) =>
      aPair(told(500 + 90 * index, 490 + 90 * index), told(3_000 - 70 * index, 2_987 - 70 * index)),
    );
    const { addedBesideProviderUs, addedUs } = liveResult('mine', pairs);
    expect(addedBesideProviderUs).toEqual({ estimate: 3000, low: 3000, high: 3000, n: 8 });
    expect(addedUs?.high).toBeGreaterThan(2_000_000);
  });
});

describe('in words', () => {
  const interval = (low: number, estimate: number, high: number) => ({ low, estimate, high, n: 100 });
  it.each([
    [interval(1800, 2100, 2500), 'adds 2.1 ms [1.8 ms, 2.5 ms]'],
    [interval(-9000, 500, 12_000), 'no difference seen below 12 ms: [-9 ms, 12 ms] holds 0'],
    [interval(-15_000, 500, 12_000), 'no difference seen below 15 ms: [-15 ms, 12 ms] holds 0'],
    [null, 'too few pairs to say what it adds: 6 are needed'],
  ])('%#', (added, text) => {
    expect(formatAdded(added)).toBe(text);
  });

  it('a gateway that is faster is no gain of its own', () => {
    expect(formatAdded(interval(-3000, -2000, -1000))).toMatch(/^is 2 ms faster .*the way to the provider$/);
  });

  it('says how many pairs would see a millisecond, unless these do', () => {
    expect(formatPairsNeeded(interval(-10_000, 0, 10_000))).toContain('about 10,000 pairs');
    expect(formatPairsNeeded(interval(1800, 2100, 2500))).toBeNull();
  });
});
