import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableColours, printableJson } from '../../src/lib/printable.js';

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

describe('printable', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a title of the window', 'a\u001b]0;owned\u0007b', 'ab'],
    ['a bell and a backspace', 'a\u0007\u0008b', 'a\ufffd\ufffdb'],
    ['a C1 character', 'a\u0085b', 'a\ufffdb'],
    ['the direction of text', 'a\u202eb', 'a\ufffdb'],
    ['line ends', 'a\r\nb\rc\td', 'a\nb\nc\td'],
  ])('shows %s', (_, text, shown) => expect(printable(text)).toBe(shown));

  it('leaves nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text).replace(/[\n\t]/g, '')).not.toMatch(CONTROL);
      }),
    );
  });
});

it('our own colours stay, and nothing else', () => {
  expect(printableColours('\u001b[31mred\u001b[39m \u001b[2Ja\u0008')).toBe('\u001b[31mred\u001b[39m a\ufffd');
});

it('JSON means the same, and holds nothing that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = printableJson(JSON.stringify({ text }, null, 2));
      expect(JSON.parse(json)).toEqual({ text });
      expect(json.replaceAll('\n', '')).not.toMatch(CONTROL);
    }),
  );
});
