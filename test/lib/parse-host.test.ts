import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { parseHost } from '../../src/lib/parse-host.js';

describe('a host', () => {
  it.each([
    ['me@bench.example.com', { user: 'me', address: 'bench.example.com', port: 22 }],
    ['root@192.0.2.7:2222', { user: 'root', address: '192.0.2.7', port: 2222 }],
    ['me@[2001:db8::1]:2222', { user: 'me', address: '2001:db8::1', port: 2222 }],
  ])('%s', (text, host) => {
    expect(parseHost(text)).toEqual(host);
  });

  it.each(['bench.example.com', 'me@', 'me@-oProxyCommand=x', 'me@a b', '-l@x', 'me@x:0', 'me@x:port', 'me@x:70000'])(
    'not %s',
    (text) => {
      expect(() => parseHost(text)).toThrow(UsageError);
    },
  );
});
