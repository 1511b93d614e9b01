import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricNamed } from '../../../src/analysis/metrics.js';
import {
  DEFAULT_TOLERANCES,
  marginOf,
  parseTolerance,
  parseTolerances,
} from '../../../src/analysis/run-comparison/tolerances.js';
import { MetricName } from '../../../src/model/metric.js';

describe('parseTolerance', () => {
  it.each([
    ['rate<-3%', { metric: 'rate', bound: { kind: 'share', share: 0.03 } }],
    [' p99 > +5 % ', { metric: 'p99', bound: { kind: 'share', share: 0.05 } }],
    ['p99>5%', { metric: 'p99', bound: { kind: 'share', share: 0.05 } }],
    ['cpuusperrequest>+0%', { metric: 'cpuUsPerRequest', bound: { kind: 'share', share: 0 } }],
    ['overheadP50>+0.2ms', { metric: 'overheadP50', bound: { kind: 'time', us: 200 } }],
    ['overheadP99>+40μs', { metric: 'overheadP99', bound: { kind: 'time', us: 40 } }],
  ])('reads %s', (text, expected) => {
    expect(parseTolerance(text)).toEqual({ ...expected, text: text.trim() });
  });

  it.each([
    ['rate', /"rate" is not a tolerance/, /rate<-3%/],
    ['', /is not a tolerance/, /rate<-3%/],
    ['speed<-3%', /no metric is named speed/, /rate, p50/],
    ['rate>+3%', /rate gets worse where it falls/, /write rate<-3%/],
    ['rate<3%', /rate gets worse where it falls/, /write rate<-3%/],
    ['p99<-5%', /p99 gets worse where it rises/, /write p99>\+5%/],
    ['p99>-5%', /p99 gets worse where it rises/, /write p99>\+5%/],
    ['rate<-100%', /nothing falls by more than 100 %/, /./],
    ['p99>+2ms', /p99 takes a percentage/, /overheads/],
    ['rate<-3', /is not a tolerance/, /./],
    ['rate<-1e3%', /is not a tolerance/, /./],
  ])('refuses %s, and says what to write', (text, message, hint) => {
    expect(() => parseTolerance(text)).toThrow(message);
    expect(() => parseTolerance(text)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(hint), exitCode: 2 }),
    );
  });

  it('ends in a tolerance or a usage error, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseTolerance(text);
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 2 });
        }
      }),
    );
  });

  it('refuses two of one metric', () => {
    expect(() => parseTolerances(['rate<-3%', 'p99>+5%', 'rate<-4%'])).toThrow(/both for rate/);
  });
});

describe('marginOf', () => {
  it('is the logarithm of what is tolerated: half the rate is as far as twice the time', () => {
    expect(marginOf(parseTolerance('rate<-50%'), 0)).toBeCloseTo(Math.log(2), 12);
    expect(marginOf(parseTolerance('p99>+100%'), 0)).toBeCloseTo(Math.log(2), 12);
  });

  it('is in microseconds for overheads', () => {
    expect(marginOf(parseTolerance('overheadP50>+10%'), -400)).toBeCloseTo(40, 12);
    expect(marginOf(parseTolerance('overheadP50>+0.1ms'), 3)).toBe(100);
  });

  it('reads what it writes itself', () => {
    for (const tolerance of DEFAULT_TOLERANCES) expect(parseTolerance(tolerance.text)).toEqual(tolerance);
    expect(MetricName.options.every((name) => metricNamed(name).name === name)).toBe(true);
  });
});
