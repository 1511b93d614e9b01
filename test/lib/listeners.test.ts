import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src/lib/errors.js';
import { isListening, listenersOf } from '../../src/lib/listeners.js';
import { requireFreePort } from '../../src/lib/port-check.js';

describe('listenersOf', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::'])('finds this process behind %s', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      expect(listenersOf(port)).toContain(process.pid);
      expect(listenersOf(port, [process.ppid])).toEqual([]);
      expect(() => requireFreePort(port, 'portkey')).toThrow(ExpectedError);
      expect(() => requireFreePort(port, 'portkey')).toThrow(`PID ${process.pid}`);
    } finally {
      server.close();
      await once(server, 'close');
    }
    expect(isListening(port)).toBe(false);
    expect(() => requireFreePort(port, 'portkey')).not.toThrow();
  });
});
