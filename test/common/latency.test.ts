import { describe, expect, test } from 'vitest';
import { constantLatencyS, LATENCY_PATTERN, parseLatency } from '../../common/latency.js';

const TAKEN = [
  ['60ms', { kind: 'constant', delayMs: 60 }],
  ['0', { kind: 'constant', delayMs: 0 }],
  ['1m0.5s', { kind: 'constant', delayMs: 60_500 }],
  ['normal(60ms,5ms)', { kind: 'normal', meanMs: 60, deviationMs: 5 }],
  ['normal(0,250us)', { kind: 'normal', meanMs: 0, deviationMs: 0.25 }],
  ['lognormal(p50=60ms,p99=200ms)', { kind: 'lognormal', p50Ms: 60, p99Ms: 200 }],
  ['lognormal(p50=60ms, p99=60ms)', { kind: 'lognormal', p50Ms: 60, p99Ms: 60 }],
  ['bimodal(60ms,200ms,0.1)', { kind: 'bimodal', firstMs: 60, secondMs: 200, secondShare: 0.1 }],
  ['bimodal(0,1s,1)', { kind: 'bimodal', firstMs: 0, secondMs: 1000, secondShare: 1 }],
  ['bimodal(1ms,2ms,.25)', { kind: 'bimodal', firstMs: 1, secondMs: 2, secondShare: 0.25 }],
] as const;

const REFUSED = [
  ['60', 'no unit'],
  ['-60ms', 'backwards'],
  ['61m', 'an hour'],
  ['normal(60ms)', 'a mean and a standard deviation'],
  ['normal(60ms,5ms,1)', 'a mean and a standard deviation'],
  ['normal(60ms,5)', 'no unit'],
  ['normal(60ms,-5ms)', 'backwards'],
  ['lognormal(60ms,200ms)', 'its median and its 99th'],
  ['lognormal(p50=60,p99=200ms)', 'no unit'],
  ['bimodal(60ms,200ms)', 'the share of the second'],
  ['bimodal(60ms,200ms,1.1)', 'not a share'],
  ['bimodal(60ms,200ms,10%)', 'not a share'],
  ['bimodal(60ms,2h,0.1)', 'an hour'],
  ['uniform(1ms,2ms)', 'there is no distribution "uniform"'],
  ['normal(60ms,5ms', 'not a duration'],
] as const;

/** Right syntax, impossible values: only the parser refuses them. */
const MEANINGLESS = [
  ['61m', 'an hour'],
  ['bimodal(60ms,2h,0.1)', 'an hour'],
  ['lognormal(p50=60ms,p99=50ms)', 'p99 is below p50'],
  ['lognormal(p50=0,p99=50ms)', 'more than 0'],
] as const;

describe('a latency', () => {
  test.each(TAKEN)('%s', (text, model) => {
    expect(parseLatency(text)).toEqual({ ok: true, model });
  });

  test.each([...REFUSED, ...MEANINGLESS])('not %s', (text, why) => {
    expect(parseLatency(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});

describe('LATENCY_PATTERN', () => {
  test.each(TAKEN)('%s', (text) => {
    expect(LATENCY_PATTERN.test(text)).toBe(true);
  });

  const wrongSyntax = REFUSED.filter(([text]) => !MEANINGLESS.some(([known]) => known === text));
  test.each(wrongSyntax)('not %s', (text) => {
    expect(LATENCY_PATTERN.test(text)).toBe(false);
  });
});

describe('constantLatencyS', () => {
  test.each([
    ['60ms', 0.06],
    ['1.5s', 1.5],
    ['1m30s', 90],
    ['250us', 0.00025],
    ['0', 0],
    ['0s', 0],
    ['60', null],
    ['ms', null],
    ['60ms later', null],
    ['normal(60ms,5ms)', null],
  ])('%s is %s', (text, seconds) => {
    const parsed = constantLatencyS(text);
    if (seconds === null) expect(parsed).toBeNull();
    else expect(parsed).toBeCloseTo(seconds, 10);
  });
});
