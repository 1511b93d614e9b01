import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UntilTarget } from '../../src/model/until.js';
import { parseUntil } from '../../src/plan/parse-until.js';

describe('parseUntil', () => {
  it.each([
    ['ci<=2%', 'rate', 0.02],
    ['p99:ci<=5%', 'p99', 0.05],
    [' cpuUsPerRequest : ci <= 1.5 % ', 'cpuUsPerRequest', 0.015],
    ['rate:ci<100%', 'rate', 1],
  ])('takes %s', (text, metric, halfWidthShare) => {
    expect(parseUntil(text)).toEqual({ metric, halfWidthShare });
  });

  it.each([
    ['', 'is not a target'],
    ['2%', 'is not a target'],
    ['ci<=2', 'is not a target'],
    ['ci>=2%', 'is not a target'],
    ['ci<=-2%', 'is not a target'],
    ['ci<=0%', 'more than 0 %'],
    ['ci<=101%', 'at most 100 %'],
    ['p90:ci<=2%', 'choose among rate, p50, p95, p99, cpuUsPerRequest, rss, pss'],
    ['toString:ci<=2%', 'choose among'],
    ['overheadP50:ci<=2%', 'an overhead may be 0'],
  ])('refuses "%s", and says why', (text, why) => {
    expect(parseUntil(text)).toEqual({ problem: expect.stringContaining(why) });
  });

  it('gives targets that run.json can hold, or a problem, whatever it is given', () => {
    const parts = fc.constantFrom('ci', '<=', '<', '2', '%', ':', 'p99', 'rate', '0', '.', ' ', '1e9');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((all) => all.join('')),
        ),
        (text) => {
          const parsed = parseUntil(text);
          if (!('problem' in parsed)) expect(UntilTarget.parse(parsed)).toEqual(parsed);
        },
      ),
    );
  });
});
