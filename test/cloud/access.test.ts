import { expect, it } from 'vitest';
import { cidrOf } from '../../src/cloud/access.js';

it('an address becomes a block of one, and a page of HTML does not', () => {
  expect(cidrOf('203.0.113.7')).toBe('203.0.113.7/32');
  expect(cidrOf('2001:db8::1')).toBe('2001:db8::1/128');
  expect(() => cidrOf('<html>log in to this network</html>')).toThrow(/does not tell[\s\S]*log in to/);
});
