import { expect, it } from 'vitest';
import { pathInside } from '../../src/lib/path-inside.js';

it.each([
  ['a.conf', '/work/x/a.conf'],
  ['sub/../a.conf', '/work/x/a.conf'],
  ['/work/x/a.conf', '/work/x/a.conf'],
  ['..a', '/work/x/..a'],
])('%s is inside', (name, path) => expect(pathInside('/work/x', name)).toBe(path));

it.each(['', '.', '..', '../x', '../xy/a', '/etc/passwd', 'a/../../y', '/work/xy/a'])('%j is not', (name) =>
  expect(pathInside('/work/x', name)).toBeNull(),
);
