import { describe, expect, it } from 'vitest';
import { hostUse, parseHostTimes } from '../../src/lib/cpu-times.js';
import { parsePssBytes, parseThreads, readProcessDetails } from '../../src/sample/process-memory.js';

describe('/proc/stat', () => {
  const text = (line: string) => `cpu  ${line}\ncpu0 1 2 3 4 5 6 7 8 9 10\n`;

  it('counts steal as busy and guest time once', () => {
    const from = parseHostTimes(text('100 0 100 800 0 0 0 0 50 0'));
    const to = parseHostTimes(text('150 0 120 900 10 5 5 10 90 0'));
    expect(from && to && hostUse(from, to)).toEqual({ cpuPercent: 45, stealPercent: 5 });
  });

  it('knows nothing where no time went by, or the form is another', () => {
    const same = { total: 10, idle: 5, steal: 0 };
    expect(hostUse(same, same)).toEqual({ cpuPercent: null, stealPercent: null });
    expect(parseHostTimes('intr 1')).toBeNull();
  });
});

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
