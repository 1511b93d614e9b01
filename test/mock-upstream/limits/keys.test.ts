import { expect, test } from 'vitest';
import { KeyRing, keyOf, maskedKey } from '../../../mock-upstream/limits/keys.js';

test.each([
  [{ authorization: 'Bearer sk-1' }, 'sk-1'],
  [{ authorization: 'bearer  sk-1' }, 'sk-1'],
  [{ authorization: 'Basic abc' }, null],
  [{ 'x-api-key': 'sk-2' }, 'sk-2'],
  [{ 'api-key': 'sk-3' }, 'sk-3'],
  [{ 'x-goog-api-key': 'sk-4' }, 'sk-4'],
  [{}, null],
])('the key in %j', (headers, key) => {
  expect(keyOf(new Map(Object.entries(headers)), () => null)).toBe(key);
});

test('the key in the query', () => {
  expect(keyOf(new Map(), (name) => (name === 'key' ? 'sk-5' : null))).toBe('sk-5');
});

test('a ring of ten thousand keys', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `sk-${index}`);
  const ring = new KeyRing(keys);
  expect(keys.every((key) => ring.has(key))).toBe(true);
  expect([ring.has('sk-10000'), ring.has(''), ring.has('sk-')]).toEqual([false, false, false]);
});

test('an error shows little of a key', () => {
  expect(maskedKey('sk-abcdefghijkl')).toBe('sk-***ijkl');
  expect(maskedKey('secret')).toBe('***');
});
