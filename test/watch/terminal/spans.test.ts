import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { beside, cropped, type Line, padded, span, spread, widthOf } from '../../../src/watch/terminal/spans.js';

const text = (line: Line) => line.map((each) => each.text).join('');

it('knows the width of the characters that a view is made of without looking each of them up', () => {
  const drawn = [...Array.from({ length: 0xa0 }, (_, at) => String.fromCodePoint(0x2500 + at)), ...' ~–…·µ✓✗∅▸'];
  for (const character of drawn)
    expect([character, widthOf([span(character)])]).toEqual([character, stringWidth(character)]);
});

it('crops between characters, not in them', () => {
  expect(text(cropped([span('日本'), span('語')], 6))).toBe('日本語');
  expect(text(cropped([span('日本'), span('語')], 5))).toBe('日本…');
  expect(text(cropped([span('日本語')], 4))).toBe('日…');
  expect(text(cropped([span('e\u0301e\u0301e\u0301')], 2))).toBe('e\u0301…');
  expect([text(cropped([span('abc')], 1)), text(cropped([span('abc')], 0))]).toEqual(['…', '']);
});

it('fills up to a width, at either side', () => {
  expect(text(padded([span('日')], 4))).toBe('日  ');
  expect(text(padded([span('日')], 4, 'start'))).toBe('  日');
  expect(text(padded([span('日本語')], 4))).toBe('日… ');
});

it('puts blocks beside one another, and parts at both edges where there is room', () => {
  expect(beside([[span('a')]], [[span('1')], [span('2')]], 3).map(text)).toEqual(['a  1', '   2']);
  expect(text(spread([span('left')], [span('right')], 12))).toBe('left   right');
  expect(text(spread([span('left')], [span('right')], 10))).toBe('left');
});

it('takes text as terminals do, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 40 }), (any, columns) => {
      const line = [span(any)];
      expect(widthOf(line)).toBe(stringWidth(text(line)));
      expect(stringWidth(text(cropped(line, columns)))).toBeLessThanOrEqual(columns);
    }),
  );
});
