import { describe, expect, test } from 'vitest';
import { newRandom } from '../../common/random.js';
import { newCountSource, parseTokenCounts } from '../../common/token-counts.js';

describe('parse', () => {
  test.each([
    ['100', { kind: 'constant', count: 100 }],
    ['uniform(10, 200)', { kind: 'uniform', least: 10, most: 200 }],
    ['normal(100,20)', { kind: 'normal', mean: 100, deviation: 20 }],
    ['lognormal(p50=100,p99=800)', { kind: 'lognormal', p50: 100, p99: 800 }],
    ['bimodal(10,500,0.1)', { kind: 'bimodal', first: 10, second: 500, secondShare: 0.1 }],
  ])('%s', (text, model) => {
    expect(parseTokenCounts(text)).toEqual({ ok: true, model });
  });

  test.each([
    ['', 'token counts look like'],
    ['-1', 'token counts look like'],
    ['1.5', 'token counts look like'],
    ['1000001', 'token counts look like'],
    ['zipf(1,2)', 'there is no distribution "zipf"'],
    ['uniform(10)', 'uniform takes two numbers'],
    ['uniform(20,10)', 'below its first'],
    ['normal(a,b)', 'normal takes a mean'],
    ['lognormal(100,800)', 'lognormal takes its median'],
    ['lognormal(p50=0,p99=800)', 'more than 0'],
    ['lognormal(p50=9,p99=8)', 'below p50'],
    ['bimodal(10,500,1.5)', 'share of the second'],
    ['bimodal(10,500,0.1,3)', 'share of the second'],
  ])('"%s" is refused', (text, why) => {
    expect(parseTokenCounts(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});

function draw(text: string, count: number, seed = 1): number[] {
  const parsed = parseTokenCounts(text);
  if (!parsed.ok) throw new Error(parsed.why);
  const next = newCountSource(parsed.model, newRandom(seed));
  return Array.from({ length: count }, next);
}

describe('draw', () => {
  test('the same seed draws the same, another one something else', () => {
    expect(draw('normal(100,20)', 20)).toEqual(draw('normal(100,20)', 20));
    expect(draw('normal(100,20)', 20)).not.toEqual(draw('normal(100,20)', 20, 2));
  });

  test('a constant', () => expect(new Set(draw('7', 10))).toEqual(new Set([7])));

  test('uniform: both ends, and nothing beyond', () => {
    const drawn = new Set(draw('uniform(3,6)', 400));
    expect([...drawn].toSorted()).toEqual([3, 4, 5, 6]);
  });

  test('the median and the 99th percentile of a lognormal', () => {
    const drawn = draw('lognormal(p50=100,p99=800)', 20_000).toSorted((a, b) => a - b);
    expect(drawn[10_000]).toBeGreaterThan(95);
    expect(drawn[10_000]).toBeLessThan(105);
    expect(drawn[19_800]).toBeGreaterThan(720);
    expect(drawn[19_800]).toBeLessThan(880);
  });

  test('no answer has less than one token', () => expect(Math.min(...draw('normal(1,20)', 1000))).toBe(1));

  test('the share of a bimodal', () => {
    const second = draw('bimodal(10,500,0.25)', 10_000).filter((count) => count === 500).length;
    expect(second).toBeGreaterThan(2300);
    expect(second).toBeLessThan(2700);
  });
});
