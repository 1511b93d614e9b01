import { describe, expect, it } from 'vitest';
import { parsePssBytes, parseThreads, readProcessDetails } from '../../src/sampling/process-memory.js';

describe('/proc/PID', () => {
  it('reads PSS and threads', () => {
    expect(parsePssBytes('Rss:  2000 kB\nPss:                1234 kB\nPss_Anon: 1 kB\n')).toBe(1234 * 1024);
    expect(parsePssBytes('')).toBeNull();
    expect(parseThreads('Name:\tnode\nThreads:\t11\n')).toBe(11);
  });

  it('has readings for this process and none for one that is not there', async () => {
    const own = await readProcessDetails(process.pid);
    expect(own.pssBytes).toBeGreaterThan(1e6);
    expect(own.descriptors).toBeGreaterThan(3);
    expect(await readProcessDetails(2 ** 22 + 1)).toEqual({ pssBytes: null, threads: null, descriptors: null });
  });
});
