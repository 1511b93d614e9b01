import { describe, expect, test } from 'vitest';
import { newDelaySource } from '../../common/delay-source.js';
import { type LatencyModel, parseLatency } from '../../common/latency.js';
import { newRandom } from '../../common/random.js';

const DRAWS = 20_000;

function model(text: string): LatencyModel {
  const parsed = parseLatency(text);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.model;
}

function draws(text: string, seed: number, stream = 0): number[] {
  const next = newDelaySource(model(text), newRandom(seed, stream));
  return Array.from({ length: DRAWS }, next);
}

/** The standard normal distribution function: Abramowitz and Stegun 1964, 7.1.26; off by 7.5e-8 at most. */
function normalCdf(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = 0.5 * poly * Math.exp((-z * z) / 2);
  return z > 0 ? 1 - upper : upper;
}

/** The largest distance between what was drawn and a continuous distribution, both ways (Kolmogorov 1933). */
function ksDistance(values: readonly number[], cdf: (value: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.reduce((most, value, i) => {
    const at = cdf(value);
    return Math.max(most, at - i / sorted.length, (i + 1) / sorted.length - at);
  }, 0);
}

/** What the distance passes in one of a hundred honest draws: 1.628 / sqrt(n). */
const KS_LIMIT = 1.628 / Math.sqrt(DRAWS);
const Z99 = 2.3263478740408408;

describe('delays follow their distribution (Kolmogorov and Smirnov, 1 %)', () => {
  const cases = [
    ['normal(60ms,5ms)', (ms: number) => normalCdf((ms - 60) / 5)],
    ['normal(200ms,40ms)', (ms: number) => normalCdf((ms - 200) / 40)],
    ['lognormal(p50=60ms,p99=200ms)', (ms: number) => normalCdf((Math.log(ms / 60) / Math.log(200 / 60)) * Z99)],
    ['lognormal(p50=1ms,p99=1s)', (ms: number) => normalCdf((Math.log(ms) / Math.log(1000)) * Z99)],
  ] as const;

  test.each(cases)('%s', (text, cdf) => {
    for (const seed of [1, 7, 4_294_967_295]) expect(ksDistance(draws(text, seed), cdf)).toBeLessThan(KS_LIMIT);
  });

  test('the test itself can fail: a neighbouring distribution is told apart', () => {
    expect(ksDistance(draws('normal(60ms,5ms)', 1), (ms) => normalCdf((ms - 60.2) / 5))).toBeGreaterThan(KS_LIMIT);
    expect(ksDistance(draws('normal(60ms,5ms)', 1), (ms) => normalCdf((ms - 60) / 5.4))).toBeGreaterThan(KS_LIMIT);
  });

  test.each([0.1, 0.5, 0.93])('bimodal, a share of %d', (share) => {
    const values = draws(`bimodal(60ms,200ms,${share})`, 7);
    const second = values.filter((ms) => ms === 200).length;
    expect(values.filter((ms) => ms === 60)).toHaveLength(DRAWS - second);
    // The distance of two steps is that of their heights.
    expect(Math.abs(second / DRAWS - share)).toBeLessThan(KS_LIMIT);
  });

  test.each([
    ['bimodal(60ms,200ms,0)', 60],
    ['bimodal(60ms,200ms,1)', 200],
    ['lognormal(p50=60ms,p99=60ms)', 60],
    ['normal(60ms,0)', 60],
    ['60ms', 60],
  ])('%s is always %d', (text, ms) => {
    expect(new Set(draws(text, 3))).toEqual(new Set([ms]));
  });
});

describe('delays', () => {
  test('are never negative: what would be below 0 is 0', () => {
    const values = draws('normal(1ms,2ms)', 5);
    expect(Math.min(...values)).toBe(0);
    const atZero = values.filter((ms) => ms === 0).length / DRAWS;
    expect(Math.abs(atZero - normalCdf(-0.5))).toBeLessThan(KS_LIMIT);
  });

  test('are an hour at most', () => {
    expect(Math.max(...draws('lognormal(p50=1ms,p99=1h)', 5))).toBe(3_600_000);
  });

  test('repeat for a seed, and differ between seeds and between processes', () => {
    const text = 'lognormal(p50=60ms,p99=200ms)';
    expect(draws(text, 7)).toEqual(draws(text, 7));
    expect(draws(text, 7)).not.toEqual(draws(text, 8));
    expect(draws(text, 7, 0)).not.toEqual(draws(text, 7, 1));
  });

  test('are not related to those before them', () => {
    const values = draws('normal(0.06s,5ms)', 11).map((ms) => (ms - 60) / 5);
    const lag = (k: number) => values.slice(k).reduce((sum, z, i) => sum + z * (values[i] ?? 0), 0) / DRAWS;
    // Correlations of independent draws have a standard deviation of 1 / sqrt(n).
    for (const k of [1, 2, 3, 10]) expect(Math.abs(lag(k))).toBeLessThan(4 / Math.sqrt(DRAWS));
  });
});
