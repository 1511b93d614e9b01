import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countTokens, proseOf, splitPieces, splitWords } from '../../common/tokens.js';

test('four characters are a token', () => {
  expect([countTokens(''), countTokens('abcd'), countTokens('abcde')]).toEqual([0, 1, 2]);
});

test('tokens put together are the text again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(splitWords(text).join('')).toBe(text);
      expect(splitPieces(text).join('')).toBe(text);
    }),
  );
});

test('prose has as many tokens as were asked for, and they are its words', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (count) => {
      const tokens = proseOf(count);
      expect(tokens).toHaveLength(count);
      expect(splitWords(tokens.join(''))).toEqual(tokens);
      expect(tokens.join('').split(' ')).toHaveLength(count);
    }),
  );
});
