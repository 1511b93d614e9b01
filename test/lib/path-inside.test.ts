import { expect, it } from 'vitest';
import { pathInside } from '../../src/lib/path-inside.js';

it.each([
  ['a.conf', '/srv/x/a.conf'],
  ['sub/../a.conf', '/srv/x/a.conf'],
  ['/srv/x/a.conf', '/srv/x/a.conf'],
  ['..a', '/srv/x/..a'],
])('%s is inside', (name, path) => expect(pathInside('/srv/x', name)).toBe(path));

it.each(['', '.', '..', '../x', '../xy/a', '/etc/passwd', 'a/../../y', '/srv/xy/a'])('%j is not', (name) =>
  expect(pathInside('/srv/x', name)).toBeNull(),
);
