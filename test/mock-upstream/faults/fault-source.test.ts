import { expect, test } from 'vitest';
import { type FaultRule, parseFaultRule } from '../../../common/fault.js';
import { newRandom } from '../../../common/random.js';
import { FaultSource } from '../../../mock-upstream/faults/fault-source.js';

function source(seed: number, ...texts: string[]): FaultSource {
  const rules = texts.map((text): FaultRule => {
    const parsed = parseFaultRule(text);
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.value;
  });
  return new FaultSource(rules, newRandom(seed));
}

/** The kinds of so many requests, one a millisecond, from the reset at 1000 ms on. */
function kinds(of: FaultSource, count: number, sinceMs = 1000): (string | undefined)[] {
  return Array.from({ length: count }, (_, index) => of.next(sinceMs + index, sinceMs)?.kind);
}

test('each share is kept, and the shares exclude one another', () => {
  const drawn = kinds(source(1, '429:0.1', 'reset:0.2'), 20_000);
  const share = (kind: string): number => drawn.filter((one) => one === kind).length / drawn.length;
  expect(share('error')).toBeCloseTo(0.1, 1.5);
  expect(share('reset')).toBeCloseTo(0.2, 1.5);
});

test('the same seed lets the same requests fail, another one others', () => {
  expect(kinds(source(1, 'reset:0.5'), 50)).toEqual(kinds(source(1, 'reset:0.5'), 50));
  expect(kinds(source(1, 'reset:0.5'), 50)).not.toEqual(kinds(source(2, 'reset:0.5'), 50));
});

test('a rule of another time changes nothing for the others', () => {
  const alone = kinds(source(1, 'reset:0.5'), 100);
  expect(kinds(source(1, '500:0.9@10s..20s', 'reset:0.5'), 100)).toEqual(alone);
});

test('the first ones, and each n-th', () => {
  expect(kinds(source(1, 'reset:first=2'), 4)).toEqual(['reset', 'reset', undefined, undefined]);
  expect(kinds(source(1, 'reset:every=3'), 6)).toEqual([undefined, undefined, 'reset', undefined, undefined, 'reset']);
});

test('two times of certain failure, and none between', () => {
  const drawn = kinds(source(1, '503@2ms..4ms', 'reset@6ms..7ms'), 9);
  expect(drawn).toEqual([undefined, undefined, 'error', 'error', undefined, undefined, 'reset', undefined, undefined]);
});

test('a reset of the counts starts times and counts anew', () => {
  const faults = source(1, 'reset:first=1');
  expect(kinds(faults, 2)).toEqual(['reset', undefined]);
  expect(kinds(faults, 2, 5000)).toEqual(['reset', undefined]);
});

test('the first rule that applies wins, and the others count on', () => {
  expect(kinds(source(1, '500:first=1', 'reset:every=2'), 4)).toEqual(['error', 'reset', undefined, 'reset']);
});
